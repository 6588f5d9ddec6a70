import React from 'react';
import type {Queue, QueueMember} from 'src/api/types';
import {CardDetails} from 'src/components/console/resource_card';
import {useConsole} from 'src/components/console/use_console';
import {Facts} from 'src/components/shared/facts';
import {Failure} from 'src/components/shared/failure';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';

/** Who works in a queue: the members of its channel are its agents, the channel's admins its supervisors. */
export const QueueMembers = ({queue}: {queue: Queue}) => {
    const t = useText();
    const {adminApi} = useConsole();
    const {value, failure} = useLoad(() => adminApi.queueMembers(queue.id), [adminApi, queue.id]);

    if (!value) {
        return failure ? <Failure text={failure}/> : <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>;
    }
    const names = (members: QueueMember[]) => members.map(memberName).join(', ') || t('whatsapp-ativo.admin.queues.nobody');
    return (
        <CardDetails>
            <Facts
                facts={[
                    [t('whatsapp-ativo.admin.queues.supervisors'), names(value.filter((m) => m.supervisor))],
                    [t('whatsapp-ativo.admin.queues.agents'), names(value.filter((m) => !m.supervisor))],
                ]}
            />
            <p>{t('whatsapp-ativo.admin.queues.people_help')}</p>
        </CardDetails>
    );
};

const memberName = ({name, username}: QueueMember) => (name ? `${name} (@${username})` : `@${username}`);
