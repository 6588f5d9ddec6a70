/** A calendar month of UTC, as Meta counts them: from is in, to is not. `name` is like 2026-11. */
export type Month = {name: string; from: number; to: number};

/** The last months, this one first. */
export function lastMonths(now: Date, count: number): Month[] {
    const start = (ago: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1);
    return Array.from({length: count}, (_, ago) => ({
        name: new Date(start(ago)).toISOString().slice(0, 7),
        from: start(ago),
        to: start(ago - 1),
    }));
}

/** All of them together. */
export const wholeRange = (months: Month[]) => ({from: months[months.length - 1]!.from, to: months[0]!.to});
