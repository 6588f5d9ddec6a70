import React from 'react';
import type {LedgerGroup} from 'src/api/types';
import {Table} from 'src/components/shared/table';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

/** The numbers behind the chart, with a sum for each currency: amounts of different currencies cannot be added up. */
export const GroupTable = ({caption, groups}: {caption: string; groups: LedgerGroup[]}) => {
    const t = useText();
    const format = useFormat();
    const currencies = [...new Set(groups.map((g) => g.currency))];

    const row = (key: string, name: string, currency: string, summed: LedgerGroup[]) => {
        const sum = (value: (group: LedgerGroup) => number) => summed.reduce((all, group) => all + value(group), 0);
        return (
            <tr key={key}>
                <th scope='row'>{name}</th>
                <td>{format.count(sum((g) => g.messages))}</td>
                <td>{format.count(sum((g) => g.billed_messages))}</td>
                <td>{format.count(sum((g) => g.free_messages))}</td>
                <td>{format.money(sum((g) => g.reserved), currency)}</td>
                <td>{format.money(sum((g) => g.billed), currency)}</td>
            </tr>
        );
    };
    return (
        <Table caption={caption}>
            <thead>
                <tr>
                    <th scope='col'>{t('whatsapp-ativo.admin.name')}</th>
                    <th scope='col'>{t('whatsapp-ativo.admin.costs.messages')}</th>
                    <th scope='col'>{t('whatsapp-ativo.admin.costs.billed_messages')}</th>
                    <th scope='col'>{t('whatsapp-ativo.admin.costs.free_messages')}</th>
                    <th scope='col'>{t('whatsapp-ativo.admin.costs.reserved')}</th>
                    <th scope='col'>{t('whatsapp-ativo.admin.costs.billed')}</th>
                </tr>
            </thead>
            <tbody>{groups.map((g) => row(g.id, g.name, g.currency, [g]))}</tbody>
            <tfoot>{currencies.map((c) => row(c, t('whatsapp-ativo.admin.costs.total', {currency: c}), c, groups.filter((g) => g.currency === c)))}</tfoot>
        </Table>
    );
};
