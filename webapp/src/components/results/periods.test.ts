import {expect, test} from 'vitest';

import {periods} from './periods';

test('periods end where the next day or month begins', () => {
    const day = (month: number, date: number) => new Date(2026, month - 1, date).getTime();
    expect(periods(new Date(2026, 11, 1, 1, 30))).toEqual([
        {name: 'month', from: day(12, 1), to: day(12, 2)},
        {name: 'today', from: day(12, 1), to: day(12, 2)},
        {name: 'week', from: day(11, 25), to: day(12, 2)},
        {name: 'last_month', from: day(11, 1), to: day(12, 1)},
    ]);
});
