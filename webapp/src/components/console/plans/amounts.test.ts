// @vitest-environment node
import {expect, test} from 'vitest';

import {readAmount, writeAmount} from './amounts';

test.each([
    ['500', 'pt-BR', 500],
    ['1.500,00', 'pt-BR', 1500],
    ['1.500', 'pt-BR', 1500],
    ['1.000.000', 'pt-BR', 1000000],
    ['0,3125', 'pt-BR', 0.3125],
    ['0.312', 'pt-BR', 0.312],
    ['12.5', 'pt-BR', 12.5],
    [' 1 500,5 ', 'pt-BR', 1500.5],
    ['1,500.00', 'en', 1500],
    ['1,500', 'en', 1500],
    ['0,35', 'en', 0.35],
    ['1.500', 'en', 1.5],
    ['', 'en', NaN],
    ['caro', 'pt-BR', NaN],
    ['-1', 'en', NaN],
    ['R$ 5', 'pt-BR', NaN],
])('%j in %s is %d', (text, locale, amount) => {
    expect(readAmount(text, locale)).toBe(amount);
});

test.each([0, 0.04, 0.3125, 1500, 1234567.891])('%d can be read back as it is written', (amount) => {
    for (const locale of ['pt-BR', 'en']) {
        expect(readAmount(writeAmount(amount, locale), locale)).toBe(amount);
    }
});
