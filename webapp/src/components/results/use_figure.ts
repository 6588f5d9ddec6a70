import {useIntl} from 'react-intl';
import type {ResultsNumbers} from 'src/api/types';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import type {Column} from './columns';

/** Writes a figure in the reader's notation; a dash where there is none. */
export function useFigure() {
    const intl = useIntl();
    const format = useFormat();
    const duration = useDuration();
    return ({name, kind}: Pick<Column, 'name' | 'kind'>, numbers: ResultsNumbers) => {
        const value = numbers[name];
        if (value === null || (kind === 'money' && !numbers.currency)) {
            return '–';
        }
        switch (kind) {
        case 'count':
            return format.count(value);
        case 'rate':
            return intl.formatNumber(value, {style: 'percent', maximumFractionDigits: 1});
        case 'time':
            return duration(value);
        default:
            return format.money(value, numbers.currency);
        }
    };
}

/** Writes milliseconds as days, hours and minutes, at most two of them. */
export function useDuration() {
    const t = useText();
    return (ms: number) => {
        const minutes = Math.round(ms / 60_000);
        const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
        if (days > 0) {
            return t('whatsapp-ativo.results.days', {d: days, h: hours});
        }
        return hours > 0 ? t('whatsapp-ativo.results.hours', {h: hours, m: minutes % 60}) : t('whatsapp-ativo.results.minutes', {m: minutes});
    };
}
