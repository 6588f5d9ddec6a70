/** A period of results: its first moment and the first one after it, milliseconds since epoch. */
export type Period = {name: 'today' | 'week' | 'month' | 'last_month'; from: number; to: number};

/** The periods to choose from, in the reader's time zone. */
export function periods(now: Date): Period[] {
    const day = (ahead: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + ahead).getTime();
    const month = (ahead: number) => new Date(now.getFullYear(), now.getMonth() + ahead, 1).getTime();
    return [
        {name: 'month', from: month(0), to: day(1)},
        {name: 'today', from: day(0), to: day(1)},
        {name: 'week', from: day(-6), to: day(1)},
        {name: 'last_month', from: month(-1), to: month(0)},
    ];
}
