import React from 'react';
import type {PriceChange} from 'src/api/types';
import {Button} from 'src/components/shared/buttons';
import {TextField} from 'src/components/shared/fields';
import formStyles from 'src/components/shared/form.module.css';
import {useText} from 'src/i18n/use_text';

import {readPrices, writePrices} from './amounts';
import type {PriceTexts} from './amounts';
import styles from './plans.module.css';
import {PriceFields} from './price_fields';

/** A change of prices as it is in its fields. `key` only tells React which change is which. */
export type ChangeTexts = {key: number; day: string; prices: PriceTexts};

type Props = {changes: ChangeTexts[]; error?: string; start: PriceTexts; onChange: (changes: ChangeTexts[]) => void};

/** Prices that apply later: Meta announces changes of its prices, which begin on the first day of a quarter. */
export const PriceChanges = ({changes, error, start, onChange}: Props) => {
    const t = useText();
    const replace = (change: ChangeTexts) => onChange(changes.map((c) => (c.key === change.key ? change : c)));
    const add = () => onChange([...changes, {key: Math.max(0, ...changes.map((c) => c.key)) + 1, day: nextQuarter(new Date()), prices: start}]);

    return (
        <fieldset>
            <legend>{t('whatsapp-ativo.admin.plans.changes')}</legend>
            <p className={formStyles.hint}>{t('whatsapp-ativo.admin.plans.changes_hint')}</p>
            {changes.map((change) => (
                <div
                    key={change.key}
                    className={styles.change}
                >
                    <TextField
                        type='date'
                        label={t('whatsapp-ativo.admin.plans.from')}
                        error={error}
                        value={change.day}
                        onChange={(day) => replace({...change, day})}
                    />
                    <PriceFields
                        values={change.prices}
                        onChange={(prices) => replace({...change, prices})}
                    />
                    <Button onClick={() => onChange(changes.filter((c) => c.key !== change.key))}>{t('whatsapp-ativo.admin.remove')}</Button>
                </div>
            ))}
            <Button onClick={add}>{t('whatsapp-ativo.admin.plans.add_change')}</Button>
        </fieldset>
    );
};

/** Reads the fields. Days begin at midnight UTC, as Meta's months do; `from` is NaN where there is no day. */
export const readChanges = (changes: ChangeTexts[], locale: string): PriceChange[] =>
    changes.map((c) => ({from: Date.parse(`${c.day}T00:00:00Z`), prices: readPrices(c.prices, locale)}));

export const writeChanges = (changes: PriceChange[], locale: string): ChangeTexts[] =>
    changes.map((c, i) => ({key: i, day: new Date(c.from).toISOString().slice(0, 10), prices: writePrices(c.prices, locale)}));

/** The first day of the next quarter, on which Meta may change its prices; as a date field has it. */
export function nextQuarter(now: Date): string {
    const month = (Math.floor(now.getUTCMonth() / 3) + 1) * 3;
    return new Date(Date.UTC(now.getUTCFullYear(), month, 1)).toISOString().slice(0, 10);
}
