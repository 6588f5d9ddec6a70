import React from 'react';
import type {ResultsGroup, ResultsNumbers} from 'src/api/types';
import {Table} from 'src/components/shared/table';
import {useText} from 'src/i18n/use_text';

import {columns} from './columns';
import type {Column, Order} from './columns';
import styles from './results.module.css';
import {useFigure} from './use_figure';

type Props = {
    caption: string;
    groups: ResultsGroup[];
    totals: ResultsNumbers;
    order: Order;
    onOrder: (order: Order) => void;
};

/** Every number, in the order that the reader chose by a column's head. */
export const ResultsTable = ({caption, groups, totals, order, onOrder}: Props) => {
    const t = useText();
    const figure = useFigure();

    const head = (by: Order['by'], text: string) => {
        const sorted = order.by === by;
        const direction = order.down ? 'descending' : 'ascending';
        return (
            <th
                key={by}
                scope='col'
                aria-sort={sorted ? direction : undefined}
            >
                <button
                    type='button'
                    className={styles.sort}
                    onClick={() => onOrder({by, down: sorted ? !order.down : by !== 'name'})}
                >
                    {text}
                    {sorted && <span aria-hidden={true}>{order.down ? ' ↓' : ' ↑'}</span>}
                </button>
            </th>
        );
    };
    const cells = (numbers: ResultsNumbers) => columns.map((c: Column) => <td key={c.name}>{figure(c, numbers)}</td>);
    return (
        <Table caption={caption}>
            <thead>
                <tr>
                    {head('name', t('whatsapp-ativo.results.name'))}
                    {columns.map((c) => head(c.name, t(c.text)))}
                </tr>
            </thead>
            <tbody>
                {groups.map((g) => (
                    <tr key={g.group}>
                        <th scope='row'>{g.name}</th>
                        {cells(g)}
                    </tr>
                ))}
            </tbody>
            <tfoot>
                <tr>
                    <th scope='row'>{t('whatsapp-ativo.results.total')}</th>
                    {cells(totals)}
                </tr>
            </tfoot>
        </Table>
    );
};
