import {describe, expect, test} from 'vitest';

import {hoursOfText, textOfHours} from './hours_text';

describe('the hours of a queue', () => {
    test.each([
        ['08:00-12:00, 13:00-18:00', [['08:00', '12:00'], ['13:00', '18:00']]],
        ['8-12; 13h-18h30', [['08:00', '12:00'], ['13:00', '18:30']]],
        ['8h às 12h', [['08:00', '12:00']]],
        ['00:00–24:00', [['00:00', '24:00']]],
        ['cedo', [['cedo']]],
    ])('%s', (typed, spans) => {
        expect(hoursOfText({mon: typed, tue: ' '})).toEqual({mon: spans});
    });

    test('are written as they are typed', () => {
        expect(textOfHours({mon: [['08:00', '12:00'], ['13:00', '18:00']]})).toMatchObject({mon: '08:00-12:00, 13:00-18:00', sun: ''});
    });
});
