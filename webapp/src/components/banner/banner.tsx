import React, {useEffect, useState} from 'react';
import type {Conversation, State} from 'src/api/types';
import {timeSpan} from 'src/components/shared/conversation_text';
import {StateBadge, stateTitles} from 'src/components/shared/state_badge';
import type {MessageKey} from 'src/i18n';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import {useNow} from 'src/state/clock';
import {useStore} from 'src/state/store';
import {useConversationId} from 'src/state/use_conversation_id';

import type {Channel} from '@mattermost/types/channels';

import styles from './banner.module.css';
import {BannerActions} from './banner_actions';
import type {OpenForm} from './banner_actions';
import {CloseForm} from './close_form';
import {RefusedOffer} from './refused_offer';
import {ReplyPicker} from './reply_picker';
import {TransferForm} from './transfer_form';
import {useWaitingText} from './use_waiting_text';

/** Above the composer of a conversation's channel: its state, its countdown, and what can be done now. */
export const Banner = ({channel}: {channel?: Channel}) => {
    const id = useConversationId(channel);
    const {conversations} = useServices();
    const conversation = useStore(conversations.store(id));

    useEffect(() => (id ? conversations.watch(id) : undefined), [conversations, id]);

    return channel && conversation ? (
        <ConversationBanner
            key={id}
            channel={channel}
            conversation={conversation}
        />
    ) : null;
};

const texts: Record<State, MessageKey> = {
    waiting: 'whatsapp-ativo.banner.waiting',
    open: 'whatsapp-ativo.banner.open',
    expired: 'whatsapp-ativo.banner.expired',
    closed: 'whatsapp-ativo.banner.closed',
};

const ConversationBanner = ({channel, conversation}: {channel: Channel; conversation: Conversation}) => {
    const t = useText();
    const format = useFormat();
    const {notes, refused} = useServices();
    const [form, setForm] = useState<OpenForm>('');
    const writingNote = useStore(notes).has(channel.id);
    const refusal = useStore(refused);
    const {state, next_text: price} = conversation;
    useWaitingText(channel.id, conversation, writingNote);

    return (
        <section
            className={`${styles.root} ${styles[writingNote ? 'note' : state]}`}
            aria-label={t('whatsapp-ativo.banner.title')}
        >
            <div className={styles.line}>
                <div
                    className={styles.text}
                    role='status'
                >
                    <StateBadge
                        strong={true}
                        state={state}
                        text={t(stateTitles[state])}
                    />
                    <span>
                        {t(writingNote ? 'whatsapp-ativo.banner.note' : texts[state])}
                        {price && !writingNote && ` ${t('whatsapp-ativo.banner.price', {price: format.money(price.price, price.currency)})}`}
                    </span>
                </div>
                <WindowCountdown conversation={conversation}/>
            </div>
            <BannerActions
                channel={channel}
                conversation={conversation}
                form={form}
                onForm={setForm}
            />
            {form === 'transfer' && (
                <TransferForm
                    channel={channel}
                    conversation={conversation}
                    onDone={() => setForm('')}
                />
            )}
            {form === 'reply' && (
                <ReplyPicker
                    conversation={conversation}
                    onDone={() => setForm('')}
                />
            )}
            {form === 'close' && (
                <CloseForm
                    conversation={conversation}
                    onDone={() => setForm('')}
                />
            )}
            {refusal?.channelId === channel.id && (
                <RefusedOffer
                    refused={refusal}
                    conversation={conversation}
                />
            )}
        </section>
    );
};

/** Counts down to the end of the open window. The conversation is read when the end is reached, because no event says so. */
const WindowCountdown = ({conversation}: {conversation: Conversation}) => {
    const t = useText();
    const {clock, conversations} = useServices();
    const now = useNow(clock);
    const until = conversation.state === 'open' ? conversation.window_until : null;
    const over = until !== null && until <= now;

    useEffect(() => {
        if (over) {
            conversations.refresh(conversation.id);
        }
    }, [over, conversations, conversation.id]);

    return until === null ? null : (
        <span
            className={styles.clock}
            role='timer'
            aria-label={t('whatsapp-ativo.banner.clock')}
        >
            {timeSpan(until - now, t)}
        </span>
    );
};
