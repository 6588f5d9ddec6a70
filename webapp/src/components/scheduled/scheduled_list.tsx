import React from 'react';
import {useSelector} from 'react-redux';
import type {Scheduled} from 'src/api/types';
import {Button, ButtonRow, ConfirmButton} from 'src/components/shared/buttons';
import {Tag} from 'src/components/shared/tag';
import type {MessageKey} from 'src/i18n';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

import type {GlobalState} from '@mattermost/types/store';

import styles from './scheduled_list.module.css';

/** What is to be done, or was not, by its status. */
const statuses: Partial<Record<Scheduled['status'], MessageKey>> = {
    scheduled: 'whatsapp-ativo.scheduled.waiting',
    sending: 'whatsapp-ativo.tick.pending',
    failed: 'whatsapp-ativo.scheduled.failed',
};

type Props = {items: Scheduled[]; supervised?: boolean; onChanged: () => void};

/** Scheduled starts, with what can be done about them: by whoever scheduled them, and where the list is supervised by its reader. */
export const ScheduledList = ({items, supervised, onChanged}: Props) => {
    const me = useSelector(({entities}: GlobalState) => entities.users.currentUserId);
    return (
        <ul className={styles.root}>
            {items.map((item) => (
                <li key={item.id}>
                    <Item
                        item={item}
                        mine={item.owner_id === me}
                        changes={supervised || item.owner_id === me}
                        onChanged={onChanged}
                    />
                </li>
            ))}
        </ul>
    );
};

const Item = ({item, mine, changes, onChanged}: {item: Scheduled; mine: boolean; changes: boolean; onChanged: () => void}) => {
    const t = useText();
    const format = useFormat();
    const {api, starting, tryAction} = useServices();
    const {id, status, customer, template, send_at: at, owner_username: owner, reason} = item;
    const failed = status === 'failed';

    const cancel = async () => {
        await tryAction(() => api.cancelScheduled(id), 'whatsapp-ativo.action.failed');
        onChanged();
    };
    const start = () => tryAction(async () => starting.set({channelId: '', phone: '', name: '', failed: await api.failedStart(id)}), 'whatsapp-ativo.action.failed');
    return (
        <>
            <div className={styles.line}>
                <strong>{format.time(at)}</strong>
                <Tag
                    kind={failed ? 'bad' : 'plain'}
                    text={t(statuses[status]!)}
                />
            </div>
            <div>{[customer.name, customer.phone, customer.cpf_masked].filter(Boolean).join(' · ')}</div>
            <div className={styles.more}>{[template.name, owner && `@${owner}`].filter(Boolean).join(' · ')}</div>
            {reason && <div>{reason}</div>}
            {changes && status !== 'sending' && (
                <ButtonRow>
                    {failed && mine && (
                        <Button
                            kind='primary'
                            of={customer.name}
                            onClick={start}
                        >
                            {t('whatsapp-ativo.scheduled.start')}
                        </Button>
                    )}
                    <ConfirmButton
                        question={t(failed ? 'whatsapp-ativo.admin.delete_question' : 'whatsapp-ativo.scheduled.cancel_question', {name: customer.name})}
                        of={customer.name}
                        onConfirm={cancel}
                    >
                        {t(failed ? 'whatsapp-ativo.admin.delete' : 'whatsapp-ativo.admin.cancel')}
                    </ConfirmButton>
                </ButtonRow>
            )}
        </>
    );
};
