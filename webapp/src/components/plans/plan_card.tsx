import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {Button, ConfirmButton} from 'src/components/form/buttons';
import {Facts} from 'src/components/form/facts';
import {Failure} from 'src/components/form/form';
import {Tag} from 'src/components/form/tag';
import {useLoad, useTask} from 'src/components/form/use_task';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {Plan, Queue} from 'src/rest/types';

import {PlanHistory} from './plan_history';
import {PriceTable} from './price_table';

type Props = {queue: Queue; plan: Plan; onEdit: () => void};

/** A queue's plan: what it allows, who approved it, and what is spent of it. */
export const PlanCard = ({queue, plan, onEdit}: Props) => {
    const t = useText();
    const format = useFormat();
    const {rest, mattermost, reload, disabled} = useShared();
    const {busy, failure, run} = useTask();
    const [history, setHistory] = useState(false);
    const approver = useLoad(async () => (plan.approved_by ? (await mattermost.users([plan.approved_by]))[0] : undefined), [mattermost, plan.approved_by]);
    const approved = plan.status === 'approved';
    const limit = format.money(plan.monthly_limit, plan.currency);
    const named = (text: string) => `${text}: ${queue.name}`;

    const approve = () => run(async () => {
        await rest.approvePlan(plan.id);
        await reload();
    });

    return (
        <div className='WhatsappAtivoAdmin__card'>
            <div className='WhatsappAtivoAdmin__title'>
                <h2>{queue.name}</h2>
                <Tag
                    kind={approved ? 'good' : 'warn'}
                    text={t(approved ? 'whatsapp-ativo.admin.plans.approved' : 'whatsapp-ativo.admin.plans.draft')}
                />
            </div>
            {!approved && <p>{t('whatsapp-ativo.admin.plans.draft_help')}</p>}
            <Facts
                facts={[
                    [t('whatsapp-ativo.admin.plans.limit'), limit],
                    [t('whatsapp-ativo.admin.plans.spent'), (
                        <Spent
                            key='spent'
                            plan={plan}
                            text={t('whatsapp-ativo.admin.plans.of', {spent: format.money(plan.spent, plan.currency), limit})}
                        />
                    )],
                    [t('whatsapp-ativo.admin.plans.approved_by'), approved ? t('whatsapp-ativo.admin.plans.by', {who: approver.value ? `@${approver.value.username}` : plan.approved_by, when: format.time(plan.approved_at)}) : ''],
                ]}
            />
            <PriceTable
                caption={named(t('whatsapp-ativo.admin.plans.prices'))}
                plan={plan}
            />
            <div className='WhatsappAtivoAdmin__buttons'>
                {!disabled && !approved && (
                    <ConfirmButton
                        kind='primary'
                        disabled={busy}
                        question={t('whatsapp-ativo.admin.plans.approve_question', {limit, name: queue.name})}
                        label={named(t('whatsapp-ativo.admin.plans.approve'))}
                        onConfirm={approve}
                    >
                        {t('whatsapp-ativo.admin.plans.approve')}
                    </ConfirmButton>
                )}
                {!disabled && (
                    <Button
                        label={named(t('whatsapp-ativo.admin.edit'))}
                        onClick={onEdit}
                    >
                        {t('whatsapp-ativo.admin.edit')}
                    </Button>
                )}
                <Button
                    expanded={history}
                    label={named(t('whatsapp-ativo.admin.plans.history'))}
                    onClick={() => setHistory(!history)}
                >
                    {t('whatsapp-ativo.admin.plans.history')}
                </Button>
            </div>
            <Failure text={failure}/>
            {history && <PlanHistory plan={plan}/>}
        </div>
    );
};

/** The colour changes where supervisors are warned (80 %) and where starts stop. */
const Spent = ({plan, text}: {plan: Plan; text: string}) => {
    const share = plan.monthly_limit ? Math.min(1, plan.spent / plan.monthly_limit) : 1;
    return (
        <>
            {text}
            <span
                className={`WhatsappAtivoAdmin__meter${share >= 0.8 ? ' WhatsappAtivoAdmin__meter--high' : ''}`}
                aria-hidden={true}
            >
                <span style={{width: `${share * 100}%`}}/>
            </span>
        </>
    );
};
