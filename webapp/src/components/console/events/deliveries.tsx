import React, {useState} from 'react';
import type {EventDelivery, EventSubscription} from 'src/api/types';
import {PagedList} from 'src/components/console/paged_list';
import {Card, CardDetails} from 'src/components/console/resource_card';
import {useConsole} from 'src/components/console/use_console';
import {Button, ButtonRow} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import {Tag} from 'src/components/shared/tag';
import {useAction} from 'src/components/shared/use_action';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import {deliveryError, deliveryName} from './event_types';

const day = 24 * 60 * 60 * 1000;

type Props = {subscription: EventSubscription; onChanged: () => Promise<void>};

/** What a receiver was sent in the last seven days, and what waits. */
export const Deliveries = ({subscription, onChanged}: Props) => {
    const t = useText();
    const {adminApi, readOnly} = useConsole();
    const {busy, failure: refused, run} = useAction();
    const [page, setPage] = useState(0);
    const [resent, setResent] = useState<number>();
    const {value, failure, reload} = useLoad(() => adminApi.deliveries(subscription.id, page), [adminApi, subscription.id, page]);
    useRefresh(reload);

    return (
        <CardDetails>
            <Failure text={failure || refused}/>
            <ButtonRow>
                <Button
                    kind='secondary'
                    disabled={busy || readOnly}
                    onClick={() => run(async () => {
                        setResent((await adminApi.resendSince(subscription.id, Date.now() - day, true)).resent);
                        await Promise.all([reload(), onChanged()]);
                    })}
                >
                    {t('whatsapp-ativo.admin.events.resend_failed')}
                </Button>
            </ButtonRow>
            <p role='status'>{resent !== undefined && t('whatsapp-ativo.admin.events.resent', {count: resent})}</p>
            <PagedList
                list={value}
                empty={t('whatsapp-ativo.admin.events.no_deliveries')}
                page={page}
                onPage={setPage}
            >
                {(delivery) => (
                    <Delivery
                        subscriptionId={subscription.id}
                        delivery={delivery}
                        onResent={reload}
                    />
                )}
            </PagedList>
        </CardDetails>
    );
};

type DeliveryProps = {subscriptionId: string; delivery: EventDelivery; onResent: () => Promise<void>};

const Delivery = ({subscriptionId, delivery, onResent}: DeliveryProps) => {
    const t = useText();
    const format = useFormat();
    const {adminApi, readOnly} = useConsole();
    const {busy, failure, run} = useAction();
    const [shown, setShown] = useState<EventDelivery>();

    return (
        <Card
            title={(
                <>
                    <strong>{deliveryName(delivery.type, t)}</strong>
                    <span>{format.time(delivery.at)}</span>
                    <Outcome delivery={delivery}/>
                    <span>{deliveryError(delivery, t)}</span>
                </>
            )}
        >
            {delivery.attempts > 1 && <p>{t('whatsapp-ativo.admin.events.attempts', {count: delivery.attempts})}</p>}
            {delivery.next_at && <p>{t('whatsapp-ativo.admin.events.next', {time: format.time(delivery.next_at)})}</p>}
            <ButtonRow>
                <Button
                    expanded={Boolean(shown)}
                    disabled={busy}
                    onClick={() => run(async () => setShown(shown ? undefined : await adminApi.delivery(subscriptionId, delivery.id)))}
                >
                    {t('whatsapp-ativo.admin.events.show')}
                </Button>
                <Button
                    disabled={busy || readOnly}
                    onClick={() => run(async () => {
                        await adminApi.resend(subscriptionId, delivery.id);
                        await onResent();
                    })}
                >
                    {t('whatsapp-ativo.admin.events.resend')}
                </Button>
            </ButtonRow>
            <Failure text={failure}/>
            {shown && (
                <>
                    <h3>{t('whatsapp-ativo.admin.events.request')}</h3>
                    <pre tabIndex={0}>{JSON.stringify(JSON.parse(shown.request ?? '{}'), null, 2)}</pre>
                    {shown.answer && <h3>{t('whatsapp-ativo.admin.events.answer')}</h3>}
                    {shown.answer && <pre tabIndex={0}>{shown.answer}</pre>}
                </>
            )}
        </Card>
    );
};

const Outcome = ({delivery}: {delivery: EventDelivery}) => {
    const t = useText();
    if (delivery.pending) {
        return (
            <Tag
                kind='warn'
                text={t('whatsapp-ativo.admin.events.pending')}
            />
        );
    }
    return (
        <Tag
            kind={delivery.delivered_at ? 'good' : 'bad'}
            text={t(delivery.delivered_at ? 'whatsapp-ativo.admin.events.delivered' : 'whatsapp-ativo.admin.events.given_up')}
        />
    );
};
