import React, {useEffect, useId, useState} from 'react';
import type {TransferTarget} from 'src/api/agent_api';
import type {Conversation} from 'src/api/types';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

import type {Channel} from '@mattermost/types/channels';

import {BannerForm} from './banner_form';
import {useConversationAction} from './use_conversation_action';

/** Gives the conversation to a colleague or to a queue. Those that the reader can see are suggested; any other name can be typed. */
export const TransferForm = ({channel, conversation, onDone}: {channel: Channel; conversation: Conversation; onDone: () => void}) => {
    const t = useText();
    const list = useId();
    const {api, conversations, runCommand} = useServices();
    const act = useConversationAction(conversation.id);
    const suggestions = useSuggestions(conversation);
    const [typed, setTyped] = useState('');

    /**
     * The REST API takes ids. The id of a name that was not suggested is known to the server alone, which finds queues that the reader
     * does not see and says what is wrong with the name; the slash command has it do so.
     */
    const transferByName = async (name: string) => {
        const done = await runCommand(`/whatsapp transferir ${name}`, channel, 'whatsapp-ativo.action.failed');
        conversations.refresh(conversation.id);
        return done;
    };
    const submit = async () => {
        const word = typed.trim();
        const name = (/^[@~]/).test(word) ? word : `@${word}`;
        const suggestion = suggestions.find((s) => s.name === name);
        const done = await (suggestion ? act(() => api.transfer(conversation.id, suggestion.target)) : transferByName(name));
        if (done) {
            onDone();
        }
    };
    return (
        <BannerForm
            label={t('whatsapp-ativo.transfer.to')}
            submit={t('whatsapp-ativo.transfer.submit')}
            disabled={!typed.trim()}
            onSubmit={submit}
            onCancel={onDone}
        >
            {(id) => (
                <>
                    <input
                        id={id}
                        className='form-control'
                        list={list}
                        maxLength={128}
                        placeholder={t('whatsapp-ativo.transfer.example')}
                        value={typed}
                        onChange={(e) => setTyped(e.target.value)}
                    />
                    <datalist id={list}>
                        {suggestions.map(({name}) => (
                            <option
                                key={name}
                                value={name}
                            />
                        ))}
                    </datalist>
                </>
            )}
        </BannerForm>
    );
};

/** A name as it is typed, with @ for a user and ~ for a queue. */
type Suggestion = {name: string; target: TransferTarget};

/** The colleagues of the conversation's queue, and the other queues of its team. */
function useSuggestions({queue_id: queueId, team_id: teamId, attendant_username: attendant}: Conversation): Suggestion[] {
    const {api} = useServices();
    const [suggestions, setSuggestions] = useState<Suggestion[]>([]);
    useEffect(() => {
        let current = true;
        (async () => {
            const {queues} = await api.overview();
            const queue = queues.find((q) => q.id === queueId);
            const colleagues = queue ? await api.channelMembers(queue.channel_id) : [];
            if (current) {
                setSuggestions([
                    ...colleagues.filter((c) => !c.is_bot && c.username !== attendant).map((c) => ({name: `@${c.username}`, target: {user_id: c.id}})),
                    ...queues.filter((q) => q.id !== queueId && q.team_id === teamId).map((q) => ({name: `~${q.name}`, target: {queue_id: q.id}})),
                ]);
            }
        })().catch(() => {}); // names can still be typed
        return () => {
            current = false;
        };
    }, [api, queueId, teamId, attendant]);
    return suggestions;
}
