import React, {useState} from 'react';
import type {Conversation} from 'src/api/types';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

import {BannerForm} from './banner_form';
import {useConversationAction} from './use_conversation_action';

/** Closes the conversation, with a reason if the agent gives one. */
export const CloseForm = ({conversation, onDone}: {conversation: Conversation; onDone: () => void}) => {
    const t = useText();
    const {api} = useServices();
    const act = useConversationAction(conversation.id);
    const [reason, setReason] = useState('');

    const submit = async () => {
        if (await act(() => api.close(conversation.id, reason.trim()))) {
            onDone();
        }
    };
    return (
        <BannerForm
            label={t('whatsapp-ativo.close.title')}
            submit={t('whatsapp-ativo.close.submit')}
            onSubmit={submit}
            onCancel={onDone}
        >
            {(id) => (
                <input
                    id={id}
                    className='form-control'
                    maxLength={200}
                    placeholder={t('whatsapp-ativo.close.reason')}
                    value={reason}
                    onChange={(e) => setReason(e.target.value)}
                />
            )}
        </BannerForm>
    );
};
