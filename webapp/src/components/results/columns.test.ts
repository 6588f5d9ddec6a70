import type {ResultsGroup} from 'src/api/types';
import {expect, test} from 'vitest';

import {columns, inOrder, toCSV} from './columns';

const group = (name: string, change: Partial<ResultsGroup> = {}): ResultsGroup => ({
    group: name,
    name,
    sent: 0,
    delivered: 0,
    read: 0,
    failed: 0,
    refused: 0,
    answered: 0,
    answer_rate: null,
    median_answer_ms: null,
    median_first_reply_ms: null,
    started: 0,
    closed: 0,
    cost: 0,
    currency: 'BRL',
    cost_per_answer: null,
    ...change,
});

test('groups without a value come last, upwards and downwards', () => {
    const groups = [group('none'), group('few', {answer_rate: 0.1}), group('many', {answer_rate: 0.9})];
    const names = (down: boolean) => inOrder(groups, {by: 'answer_rate', down}).map((g) => g.name);
    expect(names(true)).toEqual(['many', 'few', 'none']);
    expect(names(false)).toEqual(['few', 'many', 'none']);
    expect(inOrder(groups, {by: 'name', down: false}).map((g) => g.name)).toEqual(['few', 'many', 'none']);
});

test('a file holds what is on screen, and nothing in it is a formula', () => {
    const csv = toCSV(['Nome', ...columns.map((c) => c.name), 'currency'], [group('=1+1, "x"', {sent: 2, cost: 0.3125})]);
    expect(csv.split('\r\n')[1]).toBe('"\'=1+1, ""x""",2,0,0,0,0,0,,,,0,0,0.3125,,BRL');
});
