import React, {useState} from 'react';
import {SelectField} from 'src/components/shared/fields';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

import {Replies} from './replies';

/** The quick replies of whom the reader chooses: their own, or those of one of their queues. */
export const RepliesOf = () => {
    const t = useText();
    const {api} = useServices();
    const [queueId, setQueueId] = useState('');
    const queues = useLoad(() => api.overview(), [api]).value?.queues ?? [];
    return (
        <>
            <SelectField
                label={t('whatsapp-ativo.reply.all')}
                value={queueId}
                options={[{value: '', text: t('whatsapp-ativo.reply.mine')}, ...queues.map(({id, name}) => ({value: id, text: name}))]}
                onChange={setQueueId}
            />
            <Replies
                key={queueId}
                queueId={queueId}
                mayChange={!queueId || queues.some((q) => q.id === queueId && q.supervises)}
            />
        </>
    );
};
