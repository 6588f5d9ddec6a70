import React from 'react';
import {sendTemplate} from 'src/actions/send_template';
import type {Conversation} from 'src/api/types';
import {useMayClaim} from 'src/hooks/may_claim';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import {setNotes, useServices} from 'src/services';
import {useNow} from 'src/state/clock';
import {useStore} from 'src/state/store';

import type {Channel} from '@mattermost/types/channels';

import styles from './banner.module.css';
import {useConversationAction} from './use_conversation_action';

/** The form that is open in the banner; '' = none. */
export type OpenForm = '' | 'transfer' | 'close' | 'reply';

type Props = {channel: Channel; conversation: Conversation; form: OpenForm; onForm: (form: OpenForm) => void};

/** The buttons of the banner. Which of them there are depends on the conversation's state. */
export const BannerActions = ({channel, conversation, form, onForm}: Props) => {
    const t = useText();
    const format = useFormat();
    const services = useServices();
    const {api, conversations, runCommand} = services;
    const now = useNow(services.clock);
    const act = useConversationAction(conversation.id);
    const mayClaim = useMayClaim(conversation);
    const writingNote = useStore(services.notes).has(channel.id);
    const {id, state, cooldown_until: cooldown} = conversation;
    const closed = state === 'closed';
    const locked = state === 'waiting' || state === 'expired';

    const openTemplates = async () => {
        await sendTemplate(runCommand, channel);
        conversations.refresh(id);
    };
    const toggle = (name: OpenForm) => onForm(form === name ? '' : name);
    const button = (text: string, onClick: () => void, aria: object = {}) => (
        <button
            type='button'
            className={styles.action}
            onClick={onClick}
            {...aria}
        >
            {text}
        </button>
    );
    return (
        <div
            className={styles.actions}
            role='group'
            aria-label={t('whatsapp-ativo.banner.actions')}
        >
            {mayClaim && button(t('whatsapp-ativo.action.claim'), () => act(() => api.claim(id)))}
            {!closed && button(
                locked && cooldown && cooldown > now ? t('whatsapp-ativo.action.template_at', {time: format.clock(cooldown)}) : t('whatsapp-ativo.action.template'),
                openTemplates,
            )}
            {button(t('whatsapp-ativo.action.note'), () => setNotes(services, channel.id, !writingNote), {'aria-pressed': writingNote})}
            {state === 'open' && button(t('whatsapp-ativo.reply.title'), () => toggle('reply'), {'aria-expanded': form === 'reply'})}
            {state === 'open' && button(t('whatsapp-ativo.action.ask'), () => runCommand('/whatsapp perguntar', channel, 'whatsapp-ativo.action.failed'))}
            {!closed && button(t('whatsapp-ativo.action.transfer'), () => toggle('transfer'), {'aria-expanded': form === 'transfer'})}
            {!closed && button(t('whatsapp-ativo.action.close'), () => toggle('close'), {'aria-expanded': form === 'close'})}
            {closed && button(t('whatsapp-ativo.action.reopen'), () => act(() => api.reopen(id)))}
            {button(t('whatsapp-ativo.action.customer'), () => {
                services.pane.set({conversationId: id});
                services.showPane();
            })}
        </div>
    );
};
