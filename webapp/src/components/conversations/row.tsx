import React from 'react';
import {useSelector} from 'react-redux';
import {useText} from 'src/i18n/use_text';
import type {Conversation} from 'src/rest/agent';

import type {GlobalState} from '@mattermost/types/store';

import {stateNames} from './states';
import {countsTo, customerName, span} from './time';

type Props = {conversation: Conversation; now: number; tabIndex: number; onOpen: () => void; onClaim: () => void};

/** One conversation of the list. Its name, read out, holds all that is on it. */
export const Row = ({conversation, now, tabIndex, onOpen, onClaim}: Props) => {
    const t = useText();
    const unread = useUnread(conversation.channel_id);
    const {state, template, owner_username: owner, attendant_username: attendant} = conversation;
    const unclaimed = !conversation.attendant_id && state !== 'closed';
    const until = countsTo(conversation, now);

    return (
        <div className={`WhatsappAtivoRow${unread ? ' WhatsappAtivoRow--unread' : ''}`}>
            <button
                type='button'
                data-row={true}
                tabIndex={tabIndex}
                className='WhatsappAtivoRow__open'
                onClick={onOpen}
            >
                <span className='WhatsappAtivoRow__line'>
                    <span className='WhatsappAtivoRow__name'>{customerName(conversation, t)}</span>
                    {unread > 0 && (
                        <span className='WhatsappAtivoRow__unread'>
                            <span aria-hidden={true}>{unread > 99 ? '99+' : unread}</span>
                            <span className='WhatsappAtivo__hidden'>{t('whatsapp-ativo.list.unread', {n: unread})}</span>
                        </span>
                    )}
                    {until !== null && (
                        <span className={`WhatsappAtivoRow__clock${until - now < 3_600_000 && state === 'open' ? ' WhatsappAtivoRow__clock--soon' : ''}`}>
                            {state === 'open' ? span(until - now, t) : t('whatsapp-ativo.list.template_in', {time: span(until - now, t)})}
                        </span>
                    )}
                </span>
                <span className='WhatsappAtivoRow__line'>
                    <span className={`WhatsappAtivoState WhatsappAtivoState--${state}`}>{t(stateNames[state])}</span>
                    {template && <span className='WhatsappAtivoRow__template'>{template}</span>}
                </span>
                <span className='WhatsappAtivoRow__line WhatsappAtivoRow__people'>
                    <span>{people(t, unclaimed, owner, attendant)}</span>
                </span>
            </button>
            {unclaimed && (
                <button
                    type='button'
                    tabIndex={tabIndex}
                    className='WhatsappAtivoButton WhatsappAtivoRow__claim'
                    aria-label={t('whatsapp-ativo.list.claim_name', {name: customerName(conversation, t)})}
                    onClick={onClaim}
                >
                    {t('whatsapp-ativo.action.claim')}
                </button>
            )}
        </div>
    );
};

function people(t: ReturnType<typeof useText>, unclaimed: boolean, owner = '', attendant = '') {
    if (unclaimed) {
        return owner ? t('whatsapp-ativo.list.unclaimed_owner', {owner}) : t('whatsapp-ativo.list.unclaimed');
    }
    if (attendant === owner || !attendant) {
        return owner && t('whatsapp-ativo.list.owner', {owner});
    }
    return t('whatsapp-ativo.list.attendant_owner', {attendant, owner});
}

/** How many posts of a channel the reader has not seen, as the web client counts. */
function useUnread(channelId: string): number {
    return useSelector(({entities}: GlobalState) => {
        const read = entities.channels.myMembers?.[channelId]?.msg_count;
        const all = entities.channels.messageCounts?.[channelId]?.total;
        return read === undefined || all === undefined ? 0 : Math.max(0, all - read);
    });
}
