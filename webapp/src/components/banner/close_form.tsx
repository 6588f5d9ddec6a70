import React, {useState} from 'react';
import {useText} from 'src/i18n/use_text';
import {useParts} from 'src/parts';
import type {Conversation} from 'src/rest/agent';

import type {Channel} from '@mattermost/types/channels';

import {BannerForm} from './banner_form';

/** Closes the conversation, with a reason if there is one to give. */
export const CloseForm = ({channel, conversation, onDone}: {channel: Channel; conversation: Conversation; onDone: () => void}) => {
    const t = useText();
    const {run, conversations} = useParts();
    const [reason, setReason] = useState('');

    const submit = async () => {
        const command = `/whatsapp encerrar ${reason.trim()}`.trim();
        if (await run(command, channel, 'whatsapp-ativo.action.failed')) {
            onDone();
            conversations.read(conversation.id).catch(() => {}); // the event tells it too
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
