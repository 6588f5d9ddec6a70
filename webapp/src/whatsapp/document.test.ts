import {documentProblem, maskDocument} from 'src/whatsapp/document';
import {expect, test} from 'vitest';

test.each([
    ['529', '529'],
    ['5299822', '529.982.2'],
    ['52998224725', '529.982.247-25'],
    ['529.982.247-25', '529.982.247-25'],
    ['11222333000181', '11.222.333/0001-81'],
    ['12abc34501de35', '12.ABC.345/01DE-35'],
    ['112223330001819999', '11.222.333/0001-81'],
])('%s is shown as %s', (typed, shown) => {
    expect(maskDocument(typed)).toBe(shown);
});

test.each([
    ['529.982.247-25', ''],
    ['529.982.247-24', 'wrong'],
    ['111.111.111-11', 'wrong'],
    ['529.982', 'short'],
    ['11.222.333/0001-81', ''],
    ['11.222.333/0001-82', 'wrong'],
    ['12.ABC.345/01DE-35', ''],
    ['12.ABC.345/01DE-36', 'wrong'],
    ['12.ABC.345/01DE-3A', 'wrong'],
])('%s: %s', (typed, problem) => {
    expect(documentProblem(typed)).toBe(problem);
});
