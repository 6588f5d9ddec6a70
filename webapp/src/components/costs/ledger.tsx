import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {Failure} from 'src/components/form/form';
import {Pager} from 'src/components/form/pager';
import {useFresh} from 'src/components/form/use_fresh';
import {useLoad} from 'src/components/form/use_task';
import {categoryKey} from 'src/components/plans/categories';
import type {MessageKey} from 'src/i18n';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {Charge} from 'src/rest/types';

const perPage = 20;

const states: Record<Charge['state'], MessageKey> = {
    reserved: 'whatsapp-ativo.admin.costs.state.reserved',
    billed: 'whatsapp-ativo.admin.costs.state.billed',
    free: 'whatsapp-ativo.admin.costs.state.free',
    released: 'whatsapp-ativo.admin.costs.state.released',
};

type Props = {range: {from: number; to: number; queue_id: string}};

/** The ledger line by line: one line a message. */
export const Ledger = ({range}: Props) => {
    const t = useText();
    const format = useFormat();
    const {rest, queues} = useShared();
    const [page, setPage] = useState(0);

    // The ledger has ids; the sums know what people call them.
    const names = useLoad(async () => {
        const groups = await Promise.all([rest.ledgerSummary({...range, group_by: 'agent'}), rest.ledgerSummary({...range, group_by: 'template'})]);
        return new Map(groups.flat().map((g) => [g.group, g.name]));
    }, [rest]);
    const {value, failure, reload} = useLoad(() => rest.ledger({...range, page, per_page: perPage}), [rest, page]);
    useFresh(async () => {
        await Promise.all([names.reload(), reload()]);
    });

    if (!value) {
        return failure ? <Failure text={failure}/> : <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>;
    }
    const name = (id: string) => (id && names.value?.get(id)) || id;
    return (
        <>
            <div className='WhatsappAtivoAdmin__table'>
                <table>
                    <caption>{t('whatsapp-ativo.admin.costs.lines')}</caption>
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
                </table>
            </div>
            <Pager
                page={page}
                perPage={perPage}
                total={value.total}
                onPage={setPage}
            />
        </>
    );
};
