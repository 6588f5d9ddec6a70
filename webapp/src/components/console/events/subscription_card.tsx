import React, {useState} from 'react';
import type {EventDelivery, EventSubscription} from 'src/api/types';
import {ResourceCard} from 'src/components/console/resource_card';
import {useConsole} from 'src/components/console/use_console';
import {Button, ConfirmButton} from 'src/components/shared/buttons';
import {Facts} from 'src/components/shared/facts';
import {Tag} from 'src/components/shared/tag';
import {useAction} from 'src/components/shared/use_action';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import {Deliveries} from './deliveries';
import {deliveryError, eventNames} from './event_types';

type Props = {subscription: EventSubscription; onEdit: () => void; onChanged: () => Promise<void>};

/** One receiver of events: its state, and what can be done with it. */
export const SubscriptionCard = ({subscription, onEdit, onChanged}: Props) => {
    const t = useText();
    const format = useFormat();
    const {adminApi, queues, readOnly} = useConsole();
    const {busy, failure, run} = useAction();
    const [tested, setTested] = useState<EventDelivery>();
    const [open, setOpen] = useState(false);
    const name = subscription.url;

    const change = (request: () => Promise<unknown>) => run(async () => {
        await request();
        await onChanged();
    });
    const test = () => change(async () => {
        setTested(undefined);
        setTested(await adminApi.testSubscription(subscription.id));
    });

    return (
        <ResourceCard
            name={name}
            badges={<State subscription={subscription}/>}
            body={(
                <Facts
                    facts={[
                        [t('whatsapp-ativo.admin.events.types'), subscription.events.map((type) => t(eventNames[type])).join(', ') || t('whatsapp-ativo.admin.events.all')],
                        [t('whatsapp-ativo.admin.events.queues'), subscription.queue_ids.map((id) => queues.find((q) => q.id === id)?.name ?? id).join(', ') || t('whatsapp-ativo.admin.events.all_queues')],
                        [t('whatsapp-ativo.admin.events.last'), format.time(subscription.last_delivery_at) || t('whatsapp-ativo.admin.never')],
                        [t('whatsapp-ativo.admin.events.backlog'), String(subscription.backlog)],
                    ]}
                />
            )}
            buttons={(
                <>
                    <Button
                        kind='secondary'
                        disabled={busy || readOnly}
                        of={name}
                        onClick={test}
                    >
                        {t(busy ? 'whatsapp-ativo.admin.working' : 'whatsapp-ativo.admin.events.test')}
                    </Button>
                    <Button
                        expanded={open}
                        of={name}
                        onClick={() => setOpen(!open)}
                    >
                        {t('whatsapp-ativo.admin.events.deliveries')}
                    </Button>
                    {!readOnly && (
                        <>
                            <Button
                                of={name}
                                onClick={onEdit}
                            >
                                {t('whatsapp-ativo.admin.edit')}
                            </Button>
                            <Button
                                disabled={busy}
                                of={name}
                                onClick={() => change(() => adminApi.changeSubscription(subscription.id, {enabled: !subscription.enabled}))}
                            >
                                {t(subscription.enabled ? 'whatsapp-ativo.admin.events.disable' : 'whatsapp-ativo.admin.events.enable')}
                            </Button>
                            <ConfirmButton
                                disabled={busy}
                                question={t('whatsapp-ativo.admin.delete_question', {name})}
                                of={name}
                                onConfirm={() => change(() => adminApi.deleteSubscription(subscription.id))}
                            >
                                {t('whatsapp-ativo.admin.delete')}
                            </ConfirmButton>
                        </>
                    )}
                </>
            )}
            failure={failure}
        >
            <p role='status'>
                {tested && (tested.error ? t('whatsapp-ativo.admin.events.test_bad', {error: deliveryError(tested, t)}) : t('whatsapp-ativo.admin.events.test_good'))}
            </p>
            {open && (
                <Deliveries
                    subscription={subscription}
                    onChanged={onChanged}
                />
            )}
        </ResourceCard>
    );
};

const State = ({subscription}: {subscription: EventSubscription}) => {
    const t = useText();
    const format = useFormat();
    return (
        <>
            <Tag
                kind={subscription.enabled ? 'good' : 'plain'}
                text={t(subscription.enabled ? 'whatsapp-ativo.admin.events.enabled' : 'whatsapp-ativo.admin.events.disabled')}
            />
            {subscription.failing_since && (
                <Tag
                    kind='bad'
                    text={t('whatsapp-ativo.admin.events.failing', {time: format.time(subscription.failing_since)})}
                />
            )}
        </>
    );
};
