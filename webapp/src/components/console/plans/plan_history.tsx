import React from 'react';
import type {Plan} from 'src/api/types';
import {useConsole} from 'src/components/console/use_console';
import {Loading} from 'src/components/shared/loading';
import {Table} from 'src/components/shared/table';
import {useLoad} from 'src/components/shared/use_load';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

/** What was approved for a queue, by whom, and until when it applied. */
export const PlanHistory = ({plan}: {plan: Plan}) => {
    const t = useText();
    const format = useFormat();
    const {adminApi, mattermost} = useConsole();
    const {value, failure} = useLoad(async () => {
        const {items} = await adminApi.planApprovals(plan.id);
        const ids = [...new Set(items.map((a) => a.approved_by))].filter(Boolean);
        const users = ids.length ? await mattermost.users(ids) : [];
        return {items, names: new Map(users.map((u) => [u.id, `@${u.username}`]))};
    }, [adminApi, mattermost, plan]);

    if (!value) {
        return <Loading failure={failure}/>;
    }
    if (value.items.length === 0) {
        return <p>{t('whatsapp-ativo.admin.plans.no_history')}</p>;
    }
    return (
        <Table caption={t('whatsapp-ativo.admin.plans.history')}>
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
        </Table>
    );
};
