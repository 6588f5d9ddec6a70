import React from 'react';
import type {Plan, Prices} from 'src/api/types';
import {categories} from 'src/components/console/categories';
import {Table} from 'src/components/shared/table';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

type Props = {caption: string; plan: Pick<Plan, 'currency' | 'prices' | 'price_changes'>};

/** Prices by category: those that apply now, and those that apply later. */
export const PriceTable = ({caption, plan}: Props) => {
    const t = useText();
    const format = useFormat();
    const row = (from: string, prices: Prices) => (
        <tr key={from}>
            <th scope='row'>{from}</th>
            {categories.map(({name}) => <td key={name}>{format.money(prices[name], plan.currency)}</td>)}
        </tr>
    );
    return (
        <Table caption={caption}>
            <thead>
                <tr>
                    <th scope='col'>{t('whatsapp-ativo.admin.plans.from')}</th>
                    {categories.map(({name, text}) => (
                        <th
                            key={name}
                            scope='col'
                        >
                            {t(text)}
                        </th>
                    ))}
                </tr>
            </thead>
            <tbody>
                {row(t('whatsapp-ativo.admin.plans.now'), plan.prices)}
                {plan.price_changes.map((change) => row(format.utcDay(change.from), change.prices))}
            </tbody>
        </Table>
    );
};
