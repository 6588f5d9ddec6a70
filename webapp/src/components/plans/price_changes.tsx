import React from 'react';
import {Button} from 'src/components/form/buttons';
import {TextField} from 'src/components/form/fields';
import {useText} from 'src/i18n/use_text';
import type {PriceChange} from 'src/rest/types';

import {readPrices, writePrices} from './amounts';
import type {PriceTexts} from './amounts';
import {PriceFields} from './price_fields';

/** A change of prices in its fields. `key` only tells them apart on screen. */
export type ChangeTexts = {key: number; day: string; prices: PriceTexts};

type Props = {changes: ChangeTexts[]; error?: string; start: PriceTexts; onChange: (changes: ChangeTexts[]) => void};

/** Prices to come: Meta changes its own on the first day of a quarter and says so before. */
export const PriceChanges = ({changes, error, start, onChange}: Props) => {
    const t = useText();
    const put = (change: ChangeTexts) => onChange(changes.map((c) => (c.key === change.key ? change : c)));
    const add = () => onChange([...changes, {key: Math.max(0, ...changes.map((c) => c.key)) + 1, day: nextQuarter(new Date()), prices: start}]);

    return (
        <fieldset>
            <legend>{t('whatsapp-ativo.admin.plans.changes')}</legend>
            <p className='WhatsappAtivoAdmin__hint'>{t('whatsapp-ativo.admin.plans.changes_hint')}</p>
            {changes.map((change) => (
                <div
                    key={change.key}
                    className='WhatsappAtivoAdmin__change'
                >
                    <TextField
                        type='date'
                        label={t('whatsapp-ativo.admin.plans.from')}
                        error={error}
                        value={change.day}
                        onChange={(day) => put({...change, day})}
                    />
                    <PriceFields
                        values={change.prices}
                        onChange={(prices) => put({...change, prices})}
                    />
                    <Button onClick={() => onChange(changes.filter((c) => c.key !== change.key))}>{t('whatsapp-ativo.admin.remove')}</Button>
                </div>
            ))}
            <Button onClick={add}>{t('whatsapp-ativo.admin.plans.add_change')}</Button>
        </fieldset>
    );
};

/** Days begin at midnight UTC, as Meta's months do. */
export const readChanges = (changes: ChangeTexts[], locale: string): PriceChange[] =>
    changes.map((c) => ({from: Date.parse(`${c.day}T00:00:00Z`), prices: readPrices(c.prices, locale)}));

export const writeChanges = (changes: PriceChange[], locale: string): ChangeTexts[] =>
    changes.map((c, i) => ({key: i, day: new Date(c.from).toISOString().slice(0, 10), prices: writePrices(c.prices, locale)}));

/** The day on which Meta can change its prices next, as a date field has it. */
export function nextQuarter(now: Date): string {
    const month = (Math.floor(now.getUTCMonth() / 3) + 1) * 3;
    return new Date(Date.UTC(now.getUTCFullYear(), month, 1)).toISOString().slice(0, 10);
}
