import React, {useEffect, useId, useState} from 'react';
import {useText} from 'src/i18n/use_text';
import {useParts} from 'src/parts';
import type {Conversation} from 'src/rest/agent';

import type {Channel} from '@mattermost/types/channels';

import {BannerForm} from './banner_form';

/** Gives the conversation to a colleague or to a queue. Those that are known are suggested; any other name can be typed. */
export const TransferForm = ({channel, conversation, onDone}: {channel: Channel; conversation: Conversation; onDone: () => void}) => {
    const t = useText();
    const list = useId();
    const {run, conversations} = useParts();
    const targets = useTargets(conversation);
    const [target, setTarget] = useState('');

    const submit = async () => {
        const word = target.trim();
        const to = (/^[@~]/).test(word) ? word : `@${word}`;
        if (await run(`/whatsapp transferir ${to}`, channel, 'whatsapp-ativo.action.failed')) {
            onDone();
            conversations.read(conversation.id).catch(() => {}); // the event tells it too
        }
    };
    return (
        <BannerForm
            label={t('whatsapp-ativo.transfer.to')}
            submit={t('whatsapp-ativo.transfer.submit')}
            disabled={!target.trim()}
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
                        value={target}
                        onChange={(e) => setTarget(e.target.value)}
                    />
                    <datalist id={list}>
                        {targets.map((name) => (
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

/** The queues of the conversation's team, and the colleagues of its queue. Without them names are typed. */
function useTargets({queue_id: queueId, team_id: teamId, attendant_username: attendant}: Conversation): string[] {
    const {rest} = useParts();
    const [targets, setTargets] = useState<string[]>([]);
    useEffect(() => {
        let wanted = true;
        (async () => {
            const {queues} = await rest.overview();
            const queue = queues.find((q) => q.id === queueId);
            const colleagues = queue ? await rest.colleagues(queue.channel_id) : [];
            if (wanted) {
                setTargets([
                    ...colleagues.filter((c) => !c.is_bot && c.username !== attendant).map((c) => `@${c.username}`),
                    ...queues.filter((q) => q.id !== queueId && q.team_id === teamId).map((q) => `~${q.name}`),
                ]);
            }
        })().catch(() => {}); // they can be typed
        return () => {
            wanted = false;
        };
    }, [rest, queueId, teamId, attendant]);
    return targets;
}
