import React, {useEffect} from 'react';
import type {Conversation} from 'src/api/types';
import {SmallButton} from 'src/components/shared/small_button';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import type {RefusedText} from 'src/services';
import {typeNote} from 'src/state/post_types';

import styles from './banner.module.css';
import {clearComposer, clearError, currentText, onEmptied} from './composer';

type Props = {refused: RefusedText; conversation: Conversation};

/**
 * Offers what can be done with a text that could not be posted and is still in the composer: keep it for later or make it a note. Once
 * the customer has written, it can be sent.
 */
export const RefusedOffer = ({refused, conversation}: Props) => {
    const t = useText();
    const {busy, failure, run} = useAction();
    const services = useServices();
    const {api} = services;
    const {channelId, rootId, message, fileIds} = refused;
    const open = conversation.state === 'open';

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
    return (
        <div
            className={styles.refused}
            role='alert'
        >
            <span>{failure || t(open ? 'whatsapp-ativo.refused.open' : 'whatsapp-ativo.refused.offer')}</span>
            <button
                type='button'
                className='btn btn-primary btn-sm'
                disabled={busy}
                onClick={open ? send : keep}
            >
                {t(open ? 'whatsapp-ativo.refused.send' : 'whatsapp-ativo.refused.keep')}
            </button>
            <SmallButton
                disabled={busy}
                onClick={postAsNote}
            >
                {t('whatsapp-ativo.refused.as_note')}
            </SmallButton>
            <SmallButton onClick={dismiss}>{t('whatsapp-ativo.refused.dismiss')}</SmallButton>
        </div>
    );
};
