import React, {useEffect} from 'react';
import {useTask} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';
import {typeNote} from 'src/live/channel';
import type {Refused} from 'src/parts';
import {useParts} from 'src/parts';
import type {Conversation} from 'src/rest/agent';

import {clearComposer, clearError, textNow} from './composer';

/** What to do with a text that could not be sent: it is still in the composer. Once the customer has answered it can go. */
export const RefusedText = ({refused, conversation}: {refused: Refused; conversation: Conversation}) => {
    const t = useText();
    const task = useTask();
    const parts = useParts();
    const {channelId, rootId, message, fileIds} = refused;

    const open = conversation.state === 'open';

    useEffect(() => {
        if (open) {
            clearError(refused);
        }
    }, [open, refused]);

    const forget = () => parts.refused.set(null);
    const keep = () => task.run(async () => {
        await parts.rest.keepDraft(conversation.id, message, fileIds);
        clearComposer(refused);
        forget();
    });
    const asNote = () => task.run(async () => {
        await parts.rest.createPost({channel_id: channelId, root_id: rootId, message, file_ids: fileIds, type: typeNote});
        clearComposer(refused);
        forget();
    });
    const send = () => task.run(async () => {
        const text = textNow(refused);
        await parts.rest.createPost({channel_id: channelId, root_id: rootId, message: text, file_ids: fileIds});
        clearComposer({...refused, message: text});
        forget();
    });
    return (
        <div
            className='WhatsappAtivoBanner__refused'
            role='alert'
        >
            <span>{task.failure || t(open ? 'whatsapp-ativo.refused.open' : 'whatsapp-ativo.refused.offer')}</span>
            <button
                type='button'
                className='btn btn-primary btn-sm'
                disabled={task.busy}
                onClick={open ? send : keep}
            >
                {t(open ? 'whatsapp-ativo.refused.send' : 'whatsapp-ativo.refused.keep')}
            </button>
            <button
                type='button'
                className='WhatsappAtivoButton'
                disabled={task.busy}
                onClick={asNote}
            >
                {t('whatsapp-ativo.refused.as_note')}
            </button>
            <button
                type='button'
                className='WhatsappAtivoButton'
                onClick={forget}
            >
                {t('whatsapp-ativo.refused.dismiss')}
            </button>
        </div>
    );
};
