import React, {useState} from 'react';
import {allReplies} from 'src/api/agent_api';
import {SelectField} from 'src/components/shared/fields';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

import {Replies} from './replies';

/** The quick replies of whom the reader chooses: all, their own, or those of one of their queues. New ones are their own unless a queue is chosen. */
export const RepliesOf = () => {
    const t = useText();
    const {api} = useServices();
    const [queueId, setQueueId] = useState(allReplies);
    const queues = useLoad(() => api.overview(), [api]).value?.queues ?? [];
    const mayChange = (id: string) => !id || queues.some((q) => q.id === id && q.supervises);
    return (
        <>
            <SelectField
                label={t('whatsapp-ativo.reply.all')}
                value={queueId}
                options={[{value: allReplies, text: t('whatsapp-ativo.reply.everything')}, {value: '', text: t('whatsapp-ativo.reply.mine')}, ...queues.map(({id, name}) => ({value: id, text: name}))]}
                onChange={setQueueId}
            />
            <Replies
                key={queueId}
                queueId={queueId}
                queues={queues}
                mayAdd={queueId === allReplies || mayChange(queueId)}
                mayChange={(reply) => mayChange(reply.queue_id)}
            />
        </>
    );
};
