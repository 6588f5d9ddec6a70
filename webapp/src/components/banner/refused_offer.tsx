import React, {useEffect, useState} from 'react';
import type {Conversation, State} from 'src/api/types';
import {SmallButton} from 'src/components/shared/small_button';
import {useAction} from 'src/components/shared/use_action';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import type {RefusedText} from 'src/services';
import {typeNote} from 'src/state/post_types';

import styles from './banner.module.css';
import {clearComposer, clearError, currentText, onEmptied} from './composer';

/** A button: its text, and what it does. */
type Offer = [text: MessageKey, onClick: () => void];

const texts: Record<State | 'mention', MessageKey> = {
    waiting: 'whatsapp-ativo.refused.offer',
    expired: 'whatsapp-ativo.refused.offer',
    closed: 'whatsapp-ativo.refused.offer_closed',
    open: 'whatsapp-ativo.refused.open',
    mention: 'whatsapp-ativo.refused.offer',
};

type Props = {refused: RefusedText; conversation: Conversation};

/**
 * Offers what can be done with a text that could not be posted and is still in the composer: keep it for later or make it a note. Once
 * the customer has written, or the conversation was reopened, it can be sent. One with a mention can become a note alone.
 */
export const RefusedOffer = ({refused, conversation}: Props) => {
    const t = useText();
    const {busy, failure, run} = useAction();
    const services = useServices();
    const {api, conversations, notice} = services;
    const {channelId, rootId, message, fileIds, mention} = refused;
    const [wasClosed] = useState(conversation.state === 'closed'); // whoever reopens it, here or with the banner's own button
    const state = mention ? 'mention' : conversation.state;
    const open = state === 'open';

    useEffect(() => {
        if (open) {
            clearError(refused);
        }
    }, [open, refused]);

    // Whoever took the text back has nothing to send any more.
    useEffect(() => onEmptied(refused, () => services.refused.set(null)), [refused, services]);

    const dismiss = () => services.refused.set(null);
    const keep = () => run(async () => {
        await api.saveDraft(conversation.id, message, fileIds);
        clearComposer(refused);
        dismiss();
        notice.set({good: true, title: {key: 'whatsapp-ativo.refused.kept'}, reason: {key: 'whatsapp-ativo.refused.kept_where'}});
    });
    const postAsNote = () => run(async () => {
        await api.createPost({channel_id: channelId, root_id: rootId, message, file_ids: fileIds, type: typeNote});
        clearComposer(refused);
        dismiss();
    });
    const send = () => run(async () => {
        const text = currentText(refused);
        await api.createPost({channel_id: channelId, root_id: rootId, message: text, file_ids: fileIds});
        clearComposer({...refused, message: text});
        dismiss();
    });
    const reopen = () => run(async () => {
        await api.reopen(conversation.id);
        conversations.refresh(conversation.id);
    });
    const keepButton: Offer = ['whatsapp-ativo.refused.keep', keep];
    const noteButton: Offer = ['whatsapp-ativo.refused.as_note', postAsNote];
    const offers: Record<State | 'mention', Offer[]> = {
        waiting: [keepButton, noteButton],
        expired: [keepButton, noteButton],
        closed: [['whatsapp-ativo.action.reopen', reopen], keepButton, noteButton],
        open: [['whatsapp-ativo.refused.send', send], noteButton],
        mention: [noteButton],
    };
    const [[mainText, onMain], ...others] = offers[state] as [Offer, ...Offer[]];
    return (
        <div
            className={styles.refused}
            role='alert'
        >
            <span>{failure || t(open && wasClosed ? 'whatsapp-ativo.refused.reopened' : texts[state])}</span>
            <button
                type='button'
                className='btn btn-primary btn-sm'
                disabled={busy}
                onClick={onMain}
            >
                {t(mainText)}
            </button>
            {others.map(([text, onClick]) => (
                <SmallButton
                    key={text}
                    disabled={busy}
                    onClick={onClick}
                >
                    {t(text)}
                </SmallButton>
            ))}
            <SmallButton onClick={dismiss}>{t('whatsapp-ativo.refused.dismiss')}</SmallButton>
        </div>
    );
};
