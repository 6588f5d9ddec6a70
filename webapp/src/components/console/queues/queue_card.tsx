import React, {useState} from 'react';
import type {Queue} from 'src/api/types';
import {CardDetails, ResourceCard} from 'src/components/console/resource_card';
import {useConsole} from 'src/components/console/use_console';
import {Replies} from 'src/components/replies/replies';
import {Button, ConfirmButton} from 'src/components/shared/buttons';
import {Facts} from 'src/components/shared/facts';
import {Tag} from 'src/components/shared/tag';
import {useAction} from 'src/components/shared/use_action';
import {useLoad} from 'src/components/shared/use_load';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import {QueueMembers} from './queue_members';
import {ClosingReasons} from './reasons/closing_reasons';

/** One queue: its channel, its number, and whether it may start conversations. */
export const QueueCard = ({queue, onEdit}: {queue: Queue; onEdit: () => void}) => {
    const t = useText();
    const format = useFormat();
    const {adminApi, mattermost, accounts, plans, reload, readOnly} = useConsole();
    const {busy, failure, run} = useAction();
    const [members, setMembers] = useState(false);
    const [reasons, setReasons] = useState(false);
    const [replies, setReplies] = useState(false);
    const place = useLoad(async () => {
        const [channel, teams] = await Promise.all([mattermost.channel(queue.channel_id), mattermost.teams()]);
        return {channel, team: teams.find((team) => team.id === queue.team_id)};
    }, [mattermost, queue.channel_id, queue.team_id]);

    const plan = plans.find((p) => p.queue_id === queue.id);
    const approved = plan?.status === 'approved';
    const account = accounts.find((a) => a.id === queue.account_id);
    const channel = place.value?.channel;
    const team = place.value?.team;

    const remove = () => run(async () => {
        await adminApi.deleteQueue(queue.id);
        await reload();
    });

    return (
        <ResourceCard
            name={queue.name}
            badges={(
                <Tag
                    kind={approved ? 'good' : 'warn'}
                    text={t(approved ? 'whatsapp-ativo.admin.queues.ready' : 'whatsapp-ativo.admin.queues.no_plan')}
                />
            )}
            body={(
                <Facts
                    facts={[
                        [t('whatsapp-ativo.admin.queues.channel'), channel && team ? <a href={mattermost.channelUrl(team, channel)}>{[team.display_name, channel.display_name].join(' / ')}</a> : place.failure],
                        [t('whatsapp-ativo.admin.queues.account'), account && `${account.name} ${account.display_phone}`],
                        [t('whatsapp-ativo.admin.queues.inactivity'), queue.inactivity_minutes ? format.count(queue.inactivity_minutes) : t('whatsapp-ativo.admin.queues.inactivity_default')],
                        [t('whatsapp-ativo.admin.queues.time_zone'), queue.time_zone],
                        [t('whatsapp-ativo.admin.plans.spent'), approved ? t('whatsapp-ativo.admin.plans.of', {spent: format.money(plan.spent, plan.currency), limit: format.money(plan.monthly_limit, plan.currency)}) : ''],
                    ]}
                />
            )}
            buttons={(
                <>
                    <Button
                        expanded={members}
                        of={queue.name}
                        onClick={() => setMembers(!members)}
                    >
                        {t('whatsapp-ativo.admin.queues.people')}
                    </Button>
                    <Button
                        expanded={reasons}
                        of={queue.name}
                        onClick={() => setReasons(!reasons)}
                    >
                        {t('whatsapp-ativo.admin.reasons.title')}
                    </Button>
                    <Button
                        expanded={replies}
                        of={queue.name}
                        onClick={() => setReplies(!replies)}
                    >
                        {t('whatsapp-ativo.reply.all')}
                    </Button>
                    {!readOnly && (
                        <>
                            <Button
                                of={queue.name}
                                onClick={onEdit}
                            >
                                {t('whatsapp-ativo.admin.edit')}
                            </Button>
                            <ConfirmButton
                                disabled={busy}
                                question={t('whatsapp-ativo.admin.queues.delete_question', {name: queue.name})}
                                of={queue.name}
                                onConfirm={remove}
                            >
                                {t('whatsapp-ativo.admin.delete')}
                            </ConfirmButton>
                        </>
                    )}
                </>
            )}
            failure={failure}
        >
            {members && <QueueMembers queue={queue}/>}
            {reasons && <ClosingReasons queue={queue}/>}
            {replies && (
                <CardDetails>
                    <Replies
                        queueId={queue.id}
                        mayAdd={!readOnly}
                        mayChange={() => !readOnly}
                    />
                </CardDetails>
            )}
        </ResourceCard>
    );
};
