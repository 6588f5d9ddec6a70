import React, {useState} from 'react';
import type {Plan, Queue} from 'src/api/types';
import cardStyles from 'src/components/console/card.module.css';
import {ResourceCard} from 'src/components/console/resource_card';
import {useConsole} from 'src/components/console/use_console';
import {Button, ConfirmButton} from 'src/components/shared/buttons';
import {Facts} from 'src/components/shared/facts';
import {Tag} from 'src/components/shared/tag';
import {useAction} from 'src/components/shared/use_action';
import {useLoad} from 'src/components/shared/use_load';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import {PlanHistory} from './plan_history';
import styles from './plans.module.css';
import {PriceTable} from './price_table';

/** The share of the limit from which supervisors are warned. */
const warnAt = 0.8;

type Props = {queue: Queue; plan: Plan; onEdit: () => void};

/** A queue's plan: what it allows, who approved it, and how much of it is spent. */
export const PlanCard = ({queue, plan, onEdit}: Props) => {
    const t = useText();
    const format = useFormat();
    const {adminApi, mattermost, reload, readOnly} = useConsole();
    const {busy, failure, run} = useAction();
    const [history, setHistory] = useState(false);
    const approver = useLoad(async () => (plan.approved_by ? (await mattermost.users([plan.approved_by]))[0] : undefined), [mattermost, plan.approved_by]);
    const approved = plan.status === 'approved';
    const limit = format.money(plan.monthly_limit, plan.currency);

    const approve = () => run(async () => {
        await adminApi.approvePlan(plan.id);
        await reload();
    });

    return (
        <ResourceCard
            name={queue.name}
            badges={(
                <Tag
                    kind={approved ? 'good' : 'warn'}
                    text={t(approved ? 'whatsapp-ativo.admin.plans.approved' : 'whatsapp-ativo.admin.plans.draft')}
                />
            )}
            body={(
                <>
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
                        caption={`${t('whatsapp-ativo.admin.plans.prices')}: ${queue.name}`}
                        plan={plan}
                    />
                </>
            )}
            buttons={(
                <>
                    {!readOnly && !approved && (
                        <ConfirmButton
                            kind='primary'
                            disabled={busy}
                            question={t('whatsapp-ativo.admin.plans.approve_question', {limit, name: queue.name})}
                            of={queue.name}
                            onConfirm={approve}
                        >
                            {t('whatsapp-ativo.admin.plans.approve')}
                        </ConfirmButton>
                    )}
                    {!readOnly && (
                        <Button
                            of={queue.name}
                            onClick={onEdit}
                        >
                            {t('whatsapp-ativo.admin.edit')}
                        </Button>
                    )}
                    <Button
                        expanded={history}
                        of={queue.name}
                        onClick={() => setHistory(!history)}
                    >
                        {t('whatsapp-ativo.admin.plans.history')}
                    </Button>
                </>
            )}
            failure={failure}
        >
            {history && <PlanHistory plan={plan}/>}
        </ResourceCard>
    );
};

/** A queue without a plan, which cannot start conversations. */
export const MissingPlanCard = ({queue, onEdit}: {queue: Queue; onEdit: () => void}) => {
    const t = useText();
    const {readOnly} = useConsole();
    return (
        <div className={cardStyles.root}>
            <h2>{queue.name}</h2>
            <p>{t('whatsapp-ativo.admin.plans.none')}</p>
            <Button
                kind='primary'
                disabled={readOnly}
                of={queue.name}
                onClick={onEdit}
            >
                {t('whatsapp-ativo.admin.plans.draft_it')}
            </Button>
        </div>
    );
};

/** How much is spent, as a text and as a bar. The bar changes its colour where supervisors are warned. */
const Spent = ({plan, text}: {plan: Plan; text: string}) => {
    const share = plan.monthly_limit ? Math.min(1, plan.spent / plan.monthly_limit) : 1;
    return (
        <>
            {text}
            <span
                className={share >= warnAt ? `${styles.meter} ${styles.high}` : styles.meter}
                aria-hidden={true}
            >
                <span style={{width: `${share * 100}%`}}/>
            </span>
        </>
    );
};
