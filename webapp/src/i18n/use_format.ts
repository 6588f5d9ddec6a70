import {useIntl} from 'react-intl';

/** Times, amounts and counts as the reader writes them. */
export function useFormat() {
    const intl = useIntl();
    return {
        time: (at: number | null) => (at ? intl.formatDate(at, {dateStyle: 'short', timeStyle: 'short'}) : ''),

        /** The time of day; of another day with its date. */
        clock: (at: number) => intl.formatDate(at, new Date(at).toDateString() === new Date().toDateString() ? {timeStyle: 'short'} : {dateStyle: 'short', timeStyle: 'short'}),

        /** Prices hold from a day that begins at midnight UTC. */
        utcDay: (at: number) => intl.formatDate(at, {dateStyle: 'short', timeZone: 'UTC'}),
        count: (n: number) => intl.formatNumber(n),

        /** Prices have up to four decimals. */
        money: (amount: number, currency: string) => intl.formatNumber(amount, {style: 'currency', currency, maximumFractionDigits: 4}),
    };
}
