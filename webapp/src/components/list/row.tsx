import React from 'react';
import {useSelector} from 'react-redux';
import type {Conversation} from 'src/api/types';
import {countdownEnd, countdownText, customerName, roughSpan} from 'src/components/shared/conversation_text';
import {HiddenText} from 'src/components/shared/hidden_text';
import {SmallButton} from 'src/components/shared/small_button';
import {StateBadge} from 'src/components/shared/state_badge';
import {useMayClaim} from 'src/hooks/may_claim';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import type {Text} from 'src/i18n/use_text';
import {plainWords} from 'src/whatsapp/marks';

import type {GlobalState} from '@mattermost/types/store';

import styles from './row.module.css';

/** The countdown of a window is emphasized when less than this is left, milliseconds. */
const endsSoon = 3_600_000;

const aMinute = 60_000;

type Props = {conversation: Conversation; now: number; tabIndex: number; onOpen: () => void; onClaim: () => void};

/** One conversation of the list. Everything on it is part of one button, so that screen readers read it out as one name. */
export const Row = ({conversation, now, tabIndex, onOpen, onClaim}: Props) => {
    const t = useText();
    const unread = useUnread(conversation.channel_id);
    const mayClaim = useMayClaim(conversation);
    const {state} = conversation;
    const end = countdownEnd(conversation, now);

    return (
        <div className={`${styles.root}${unread ? ` ${styles.hasUnread}` : ''}`}>
            <button
                type='button'
                data-row={true}
                tabIndex={tabIndex}
                className={styles.open}
                onClick={onOpen}
            >
                <span className={styles.line}>
                    <span className={styles.name}>{customerName(conversation, t)}</span>
                    {unread > 0 && (
                        <span className={styles.unread}>
                            <span aria-hidden={true}>{unread > 99 ? '99+' : unread}</span>
                            <HiddenText>{t('whatsapp-ativo.list.unread', {n: unread})}</HiddenText>
                        </span>
                    )}
                    {end !== null && (
                        <span className={`${styles.clock}${end - now < endsSoon && state === 'open' ? ` ${styles.soon}` : ''}`}>
                            {countdownText(conversation, end - now, t)}
                        </span>
                    )}
                </span>
                <span className={styles.line}>
                    <LastWords conversation={conversation}/>
                </span>
                <span className={`${styles.line} ${styles.people}`}>
                    <Turn conversation={conversation}/>
                    <span>{people(t, conversation)}</span>
                </span>
            </button>
            {mayClaim && (
                <SmallButton
                    tabIndex={tabIndex}
                    className={styles.claim}
                    aria-label={t('whatsapp-ativo.list.claim_name', {name: customerName(conversation, t)})}
                    onClick={onClaim}
                >
                    {t('whatsapp-ativo.action.claim')}
                </SmallButton>
            )}
        </div>
    );
};

/** The last words that were said, or what was sent without any, and whose it is; the template's name where nothing is known. */
const LastWords = ({conversation: {last_message: last, template}}: {conversation: Conversation}) => {
    const t = useText();
    const file = last && fileTexts[last.kind];
    const text = (last && plainWords(last.preview)) || (file && t(file));
    if (!text) {
        return <span className={styles.words}>{template}</span>;
    }
    return <span className={styles.words}>{last.direction === 'out' ? t('whatsapp-ativo.list.ours', {text}) : text}</span>;
};

/** What a file is called, by its kind. */
const fileTexts: Partial<Record<string, MessageKey>> = {
    image: 'whatsapp-ativo.list.image',
    video: 'whatsapp-ativo.list.video',
    audio: 'whatsapp-ativo.list.audio',
    document: 'whatsapp-ativo.list.document',
    sticker: 'whatsapp-ativo.list.sticker',
};

/** Whose turn it is, and for how long the customer has waited; the state where nobody can write, and with which reason it was closed. */
const Turn = ({conversation: {state, attendant_id: attendantId, customer_waits_ms: waits, last_message: last, closing}}: {conversation: Conversation}) => {
    const t = useText();
    const me = useSelector(({entities}: GlobalState) => entities.users.currentUserId);
    if (waits !== undefined && state !== 'closed') {
        return attendantId === me ? <strong className={styles.turn}>{yourTurn(waits, t)}</strong> : <span className={styles.waits}>{theyWait(waits, t)}</span>;
    }
    return (
        <StateBadge
            state={state}
            text={state === 'open' && last ? t('whatsapp-ativo.list.their_turn') : closing?.label || undefined}
        />
    );
};

/** How long somebody waits; nobody says that they have waited for no minutes. */
const yourTurn = (waits: number, t: Text) => (waits < aMinute ? t('whatsapp-ativo.list.your_turn_now') : t('whatsapp-ativo.list.your_turn', {time: roughSpan(waits, t)}));
const theyWait = (waits: number, t: Text) => (waits < aMinute ? t('whatsapp-ativo.list.customer_waits_now') : t('whatsapp-ativo.list.customer_waits', {time: roughSpan(waits, t)}));

/** Takes the place of a row that is still being read. */
export const RowPlaceholder = () => <div className={`${styles.root} ${styles.placeholder}`}/>;

function people(t: Text, {state, attendant_id: attendantId, attendant_absent: absent, owner_username: owner = '', attendant_username: attendant = ''}: Conversation) {
    if (!attendantId && state !== 'closed') {
        return owner ? t('whatsapp-ativo.list.unclaimed_owner', {owner}) : t('whatsapp-ativo.list.unclaimed');
    }
    if (absent) {
        return owner && owner !== attendant ? t('whatsapp-ativo.list.absent_owner', {attendant, owner}) : t('whatsapp-ativo.list.absent', {attendant});
    }
    if (attendant === owner || !attendant) {
        return owner && t('whatsapp-ativo.list.owner', {owner});
    }
    return t('whatsapp-ativo.list.attendant_owner', {attendant, owner});
}

/** How many posts of a channel the reader has not seen, counted as the web client counts them. */
function useUnread(channelId: string): number {
    return useSelector(({entities}: GlobalState) => {
        const read = entities.channels.myMembers?.[channelId]?.msg_count;
        const all = entities.channels.messageCounts?.[channelId]?.total;
        return read === undefined || all === undefined ? 0 : Math.max(0, all - read);
    });
}
