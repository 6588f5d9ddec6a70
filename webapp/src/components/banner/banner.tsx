import React, {useEffect, useState} from 'react';
import {span} from 'src/components/conversations/time';
import type {MessageKey} from 'src/i18n';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import {useNow} from 'src/live/clock';
import {useConversationId} from 'src/live/use_conversation_id';
import {useValue} from 'src/live/value';
import {setNotes, useParts} from 'src/parts';
import type {Conversation, State} from 'src/rest/agent';

import type {Channel} from '@mattermost/types/channels';

import {CloseForm} from './close_form';
import {RefusedText} from './refused_text';
import {TransferForm} from './transfer_form';

import './banner.css';

type Form = '' | 'transfer' | 'close';

/** Over the composer of a conversation's channel: its state, its clock, and what can be done now. */
export const Banner = ({channel}: {channel?: Channel}) => {
    const id = useConversationId(channel);
    const {conversations} = useParts();
    const conversation = useValue(conversations.value(id));

    useEffect(() => (id ? conversations.watch(id) : undefined), [conversations, id]);

    return channel && conversation ? (
        <Shown
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

const titles: Record<State, MessageKey> = {
    waiting: 'whatsapp-ativo.banner.waiting_title',
    open: 'whatsapp-ativo.banner.open_title',
    expired: 'whatsapp-ativo.banner.expired_title',
    closed: 'whatsapp-ativo.state.closed',
};

const Shown = ({channel, conversation}: {channel: Channel; conversation: Conversation}) => {
    const t = useText();
    const {notes, refused} = useParts();
    const [form, setForm] = useState<Form>('');
    const noting = useValue(notes).has(channel.id);
    const refusal = useValue(refused);
    const {state} = conversation;

    return (
        <section
            className={`WhatsappAtivoBanner WhatsappAtivoBanner--${noting ? 'note' : state}`}
            aria-label={t('whatsapp-ativo.banner.title')}
        >
            <div className='WhatsappAtivoBanner__line'>
                <div
                    className='WhatsappAtivoBanner__text'
                    role='status'
                >
                    <strong className={`WhatsappAtivoState WhatsappAtivoState--${state}`}>{t(titles[state])}</strong>
                    <span>{t(noting ? 'whatsapp-ativo.banner.note' : texts[state])}</span>
                </div>
                <WindowClock conversation={conversation}/>
            </div>
            <Actions
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
            {form === 'close' && (
                <CloseForm
                    channel={channel}
                    conversation={conversation}
                    onDone={() => setForm('')}
                />
            )}
            {refusal?.channelId === channel.id && (
                <RefusedText
                    refused={refusal}
                    conversation={conversation}
                />
            )}
        </section>
    );
};

/** Counts down to the end of the open window, and has the conversation read when it is over. */
const WindowClock = ({conversation}: {conversation: Conversation}) => {
    const t = useText();
    const {clock, conversations} = useParts();
    const now = useNow(clock);
    const until = conversation.state === 'open' ? conversation.window_until : null;
    const over = until !== null && until <= now;

    useEffect(() => {
        if (over) {
            conversations.read(conversation.id).catch(() => {}); // the next second
        }
    }, [over, conversations, conversation.id]);

    return until === null ? null : (
        <span
            className='WhatsappAtivoBanner__clock'
            role='timer'
            aria-label={t('whatsapp-ativo.banner.clock')}
        >
            {span(until - now, t)}
        </span>
    );
};

type ActionsProps = {channel: Channel; conversation: Conversation; form: Form; onForm: (form: Form) => void};

/** Each does what a command does that can also be typed. */
const Actions = ({channel, conversation, form, onForm}: ActionsProps) => {
    const t = useText();
    const format = useFormat();
    const parts = useParts();
    const now = useNow(parts.clock);
    const noting = useValue(parts.notes).has(channel.id);
    const {state, cooldown_until: cooldown} = conversation;
    const run = async (command: string) => {
        await parts.run(command, channel, 'whatsapp-ativo.action.failed');
        parts.conversations.read(conversation.id).catch(() => {}); // the event tells it too
    };
    const button = (text: string, onClick: () => void, more: object = {}) => (
        <button
            type='button'
            className='WhatsappAtivoBanner__action'
            onClick={onClick}
            {...more}
        >
            {text}
        </button>
    );
    const locked = state === 'waiting' || state === 'expired';
    return (
        <div
            className='WhatsappAtivoBanner__actions'
            role='group'
            aria-label={t('whatsapp-ativo.banner.actions')}
        >
            {!conversation.attendant_id && state !== 'closed' && button(t('whatsapp-ativo.action.claim'), () => run('/whatsapp assumir'))}
            {state !== 'closed' && button(
                locked && cooldown && cooldown > now ? t('whatsapp-ativo.action.template_at', {time: format.clock(cooldown)}) : t('whatsapp-ativo.action.template'),
                () => run('/whatsapp modelo'),
            )}
            {button(t('whatsapp-ativo.action.note'), () => setNotes(parts, channel.id, !noting), {'aria-pressed': noting})}
            {state !== 'closed' && button(t('whatsapp-ativo.action.transfer'), () => onForm(form === 'transfer' ? '' : 'transfer'), {'aria-expanded': form === 'transfer'})}
            {state === 'closed' ? button(t('whatsapp-ativo.action.reopen'), () => run('/whatsapp reabrir')) : button(t('whatsapp-ativo.action.close'), () => onForm(form === 'close' ? '' : 'close'), {'aria-expanded': form === 'close'})}
            {button(t('whatsapp-ativo.action.customer'), () => {
                parts.pane.set({conversationId: conversation.id});
                parts.showPane();
            })}
        </div>
    );
};
