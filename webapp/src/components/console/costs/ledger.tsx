import React, {useState} from 'react';
import type {Charge} from 'src/api/types';
import {categoryKey} from 'src/components/console/categories';
import {useConsole} from 'src/components/console/use_console';
import {Loading} from 'src/components/shared/loading';
import {Pager} from 'src/components/shared/pager';
import {Table} from 'src/components/shared/table';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import type {MessageKey} from 'src/i18n';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

const perPage = 20;

const states: Record<Charge['state'], MessageKey> = {
    reserved: 'whatsapp-ativo.admin.costs.state.reserved',
    billed: 'whatsapp-ativo.admin.costs.state.billed',
    free: 'whatsapp-ativo.admin.costs.state.free',
    released: 'whatsapp-ativo.admin.costs.state.released',
};

type Props = {range: {from: number; to: number; queue_id: string}};

/** The ledger: one line for each message. */
export const Ledger = ({range}: Props) => {
    const t = useText();
    const format = useFormat();
    const {adminApi, queues} = useConsole();
    const [page, setPage] = useState(0);

    // The ledger has only the ids of agents and templates. Their names are in the sums.
    const names = useLoad(async () => {
        const groups = await Promise.all([adminApi.ledgerSummary({...range, group_by: 'agent'}), adminApi.ledgerSummary({...range, group_by: 'template'})]);
        return new Map(groups.flat().map((g) => [g.group, g.name]));
    }, [adminApi]);
    const {value, failure, reload} = useLoad(() => adminApi.ledger({...range, page, per_page: perPage}), [adminApi, page]);
    useRefresh(async () => {
        await Promise.all([names.reload(), reload()]);
    });

    if (!value) {
        return <Loading failure={failure}/>;
    }
    const name = (id: string) => (id && names.value?.get(id)) || id;
    return (
        <>
            <Table caption={t('whatsapp-ativo.admin.costs.lines')}>
                <thead>
                    <tr>
                        <th scope='col'>{t('whatsapp-ativo.admin.costs.at')}</th>
                        <th scope='col'>{t('whatsapp-ativo.admin.costs.queue')}</th>
                        <th scope='col'>{t('whatsapp-ativo.admin.costs.agent')}</th>
                        <th scope='col'>{t('whatsapp-ativo.admin.costs.template')}</th>
                        <th scope='col'>{t('whatsapp-ativo.admin.costs.category')}</th>
                        <th scope='col'>{t('whatsapp-ativo.admin.status')}</th>
                        <th scope='col'>{t('whatsapp-ativo.admin.costs.amount')}</th>
                    </tr>
                </thead>
                <tbody>
                    {value.items.map((charge) => {
                        const category = categoryKey(charge.category);
                        return (
                            <tr key={charge.id}>
                                <td>{format.time(charge.at)}</td>
                                <td>{queues.find((q) => q.id === charge.queue_id)?.name}</td>
                                <td>{name(charge.agent_id)}</td>
                                <td>{name(charge.template_id)}</td>
                                <td>{category ? t(category) : charge.category}</td>
                                <td>{t(states[charge.state])}</td>
                                <td>{format.money(charge.amount, charge.currency)}</td>
                            </tr>
                        );
                    })}
                </tbody>
            </Table>
            <Pager
                page={page}
                perPage={perPage}
                total={value.total}
                onPage={setPage}
            />
        </>
    );
};
