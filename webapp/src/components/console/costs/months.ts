/** A calendar month in UTC, as Meta counts months: from its first moment to the first of the next month. `name` is like 2026-11. */
export type Month = {name: string; from: number; to: number};

/** The last months, the current one first. */
export function lastMonths(now: Date, count: number): Month[] {
    const start = (ago: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1);
    return Array.from({length: count}, (_, ago) => ({
        name: new Date(start(ago)).toISOString().slice(0, 7),
        from: start(ago),
        to: start(ago - 1),
    }));
}

/** The range from the first to the last of the months, which are in descending order. */
export const wholeRange = (months: Month[]) => ({from: months[months.length - 1]!.from, to: months[0]!.to});
