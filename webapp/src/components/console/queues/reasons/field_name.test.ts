import {expect, test} from 'vitest';

import {fieldName} from './field_name';

test.each([
    ['Valor da venda (R$)', [], 'valor_da_venda_r'],
    ['Ação', [], 'acao'],
    ['2ª via', [], 'via'],
    ['!!!', [], 'campo'],
    ['Valor', ['valor', 'valor_2'], 'valor_3'],
    ['x'.repeat(64), ['x'.repeat(28)], `${'x'.repeat(28)}_2`],
])('%s', (label, taken, want) => {
    expect(fieldName(label, new Set(taken))).toBe(want);
    expect(want).toMatch(/^[a-z][a-z0-9_]{0,31}$/);
});
