import React from 'react';
import {useShared} from 'src/components/administration/context';
import {Failure} from 'src/components/form/form';
import {useLoad} from 'src/components/form/use_task';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {Plan} from 'src/rest/types';

/** What was approved for a queue, by whom, and from when to when it held. */
export const PlanHistory = ({plan}: {plan: Plan}) => {
    const t = useText();
    const format = useFormat();
    const {rest, mattermost} = useShared();
    const {value, failure} = useLoad(async () => {
        const {items} = await rest.planApprovals(plan.id);
        const ids = [...new Set(items.map((a) => a.approved_by))].filter(Boolean);
        const users = ids.length ? await mattermost.users(ids) : [];
        return {items, names: new Map(users.map((u) => [u.id, `@${u.username}`]))};
    }, [rest, mattermost, plan]);

    if (!value) {
        return failure ? <Failure text={failure}/> : <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>;
    }
    if (value.items.length === 0) {
        return <p>{t('whatsapp-ativo.admin.plans.no_history')}</p>;
    }
    return (
        <div className='WhatsappAtivoAdmin__table'>
            <table>
                <caption>{t('whatsapp-ativo.admin.plans.history')}</caption>
                <thead>
                    <tr>
                        <th scope='col'>{t('whatsapp-ativo.admin.plans.approved_at')}</th>
                        <th scope='col'>{t('whatsapp-ativo.admin.plans.approved_by')}</th>
                        <th scope='col'>{t('whatsapp-ativo.admin.plans.limit')}</th>
                        <th scope='col'>{t('whatsapp-ativo.admin.plans.ended')}</th>
                    </tr>
                </thead>
                <tbody>
                    {value.items.map((approval) => (
                        <tr key={approval.id}>
                            <td>{format.time(approval.approved_at)}</td>
                            <td>{value.names.get(approval.approved_by) ?? approval.approved_by}</td>
                            <td>{format.money(approval.monthly_limit, approval.currency)}</td>
                            <td>{format.time(approval.ended_at) || t('whatsapp-ativo.admin.plans.holds')}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
};
