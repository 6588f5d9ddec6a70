import React from 'react';
import {useShared} from 'src/components/administration/context';
import {Facts} from 'src/components/form/facts';
import {Failure} from 'src/components/form/form';
import {useLoad} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';
import type {Queue, QueueMember} from 'src/rest/types';

/** Who serves a queue: the members of its channel; the channel's admins supervise. */
export const QueueMembers = ({queue}: {queue: Queue}) => {
    const t = useText();
    const {rest} = useShared();
    const {value, failure} = useLoad(() => rest.queueMembers(queue.id), [rest, queue.id]);

    if (!value) {
        return failure ? <Failure text={failure}/> : <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>;
    }
    const names = (members: QueueMember[]) => members.map(memberName).join(', ') || t('whatsapp-ativo.admin.queues.nobody');
    return (
        <div className='WhatsappAtivoAdmin__result'>
            <Facts
                facts={[
                    [t('whatsapp-ativo.admin.queues.supervisors'), names(value.filter((m) => m.supervisor))],
                    [t('whatsapp-ativo.admin.queues.agents'), names(value.filter((m) => !m.supervisor))],
                ]}
            />
            <p>{t('whatsapp-ativo.admin.queues.people_help')}</p>
        </div>
    );
};

const memberName = ({name, username}: QueueMember) => (name ? `${name} (@${username})` : `@${username}`);
