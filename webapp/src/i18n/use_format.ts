import {useIntl} from 'react-intl';

/** Returns times, amounts and counts in the reader's notation. All times are milliseconds since epoch. */
export function useFormat() {
    const intl = useIntl();
    return {
        time: (at: number | null) => (at ? intl.formatDate(at, {dateStyle: 'short', timeStyle: 'short'}) : ''),

        /** The time of day, with the date where it is not today. */
        clock: (at: number) => intl.formatDate(at, new Date(at).toDateString() === new Date().toDateString() ? {timeStyle: 'short'} : {dateStyle: 'short', timeStyle: 'short'}),

        /** A day as Meta counts days: it begins at midnight UTC. */
        utcDay: (at: number) => intl.formatDate(at, {dateStyle: 'short', timeZone: 'UTC'}),
        count: (n: number) => intl.formatNumber(n),

        /** With up to four decimals, because Meta's prices have as many. */
        money: (amount: number, currency: string) => intl.formatNumber(amount, {style: 'currency', currency, maximumFractionDigits: 4}),
    };
}
