import React, {useState} from 'react';
import type {Conversation} from 'src/api/types';
import {useDebounced} from 'src/components/shared/use_debounced';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

import styles from './banner.module.css';
import {BannerForm} from './banner_form';
import {insertText} from './composer';
import {useConversationAction} from './use_conversation_action';

/** How many quick replies are offered; who wants another one types more. */
const offered = 8;

/** Puts a quick reply, filled in for the conversation, into the composer: it is read there before it goes. */
export const ReplyPicker = ({conversation: {id}, onDone}: {conversation: Conversation; onDone: () => void}) => {
    const t = useText();
    const {api} = useServices();
    const act = useConversationAction(id);
    const [typed, setTyped] = useState('');
    const wanted = useDebounced(typed.trim());
    const {value} = useLoad(() => api.quickReplies(id, wanted, offered), [api, id, wanted]);
    const replies = value?.items ?? [];

    const insert = async (replyId: string) => {
        let text = '';
        if (await act(async () => {
            ({text} = await api.filledReply(id, replyId));
        })) {
            onDone();
            setTimeout(() => insertText(text)); // the form gives the focus back first
        }
    };
    return (
        <BannerForm
            label={t('whatsapp-ativo.reply.title')}
            submit={t('whatsapp-ativo.reply.insert')}
            disabled={replies.length === 0}
            onSubmit={() => replies[0] && insert(replies[0].id)}
            onCancel={onDone}
        >
            {(field) => (
                <>
                    <input
                        id={field}
                        className='form-control'
                        maxLength={128}
                        placeholder={t('whatsapp-ativo.reply.search')}
                        value={typed}
                        onChange={(e) => setTyped(e.target.value)}
                    />
                    <ul className={styles.replies}>
                        {replies.map((reply) => (
                            <li key={reply.id}>
                                <button
                                    type='button'
                                    onClick={() => insert(reply.id)}
                                >
                                    <b>{reply.title || reply.shortcut}</b>
                                    {' '}
                                    {reply.text}
                                </button>
                            </li>
                        ))}
                        {value && replies.length === 0 && <li>{t('whatsapp-ativo.reply.none')}</li>}
                    </ul>
                </>
            )}
        </BannerForm>
    );
};
