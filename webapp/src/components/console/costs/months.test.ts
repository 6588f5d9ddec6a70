// @vitest-environment node
import {nextQuarter} from 'src/components/console/plans/price_changes';
import {expect, test} from 'vitest';

import {lastMonths, wholeRange} from './months';

test('months are those of UTC, this one first, one ends where the next begins', () => {
    const months = lastMonths(new Date('2026-02-01T01:00:00Z'), 3);
    expect(months.map((m) => m.name)).toEqual(['2026-02', '2026-01', '2025-12']);
    expect(months[0]).toEqual({name: '2026-02', from: Date.UTC(2026, 1, 1), to: Date.UTC(2026, 2, 1)});
    expect(months[1]?.to).toBe(months[0]?.from);
    expect(wholeRange(months)).toEqual({from: Date.UTC(2025, 11, 1), to: Date.UTC(2026, 2, 1)});
});

test.each([
    ['2026-11-22', '2027-01-01'],
    ['2026-01-01', '2026-04-01'],
    ['2026-06-30', '2026-07-01'],
])('after %s prices can change on %s', (day, next) => {
    expect(nextQuarter(new Date(day))).toBe(next);
});
