import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {Button, ConfirmButton} from 'src/components/form/buttons';
import {Facts} from 'src/components/form/facts';
import {Failure} from 'src/components/form/form';
import {Tag} from 'src/components/form/tag';
import {useLoad, useTask} from 'src/components/form/use_task';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {Queue} from 'src/rest/types';

import {QueueMembers} from './queue_members';

/** One queue: its channel, its number and whether it may start conversations. */
export const QueueCard = ({queue, onEdit}: {queue: Queue; onEdit: () => void}) => {
    const t = useText();
    const format = useFormat();
    const {rest, mattermost, accounts, plans, reload, disabled} = useShared();
    const {busy, failure, run} = useTask();
    const [people, setPeople] = useState(false);
    const place = useLoad(async () => {
        const [channel, teams] = await Promise.all([mattermost.channel(queue.channel_id), mattermost.teams()]);
        return {channel, team: teams.find((team) => team.id === queue.team_id)};
    }, [mattermost, queue.channel_id, queue.team_id]);

    const plan = plans.find((p) => p.queue_id === queue.id);
    const account = accounts.find((a) => a.id === queue.account_id);
    const channel = place.value?.channel;
    const team = place.value?.team;
    const named = (text: string) => `${text}: ${queue.name}`;

    const remove = () => run(async () => {
        await rest.deleteQueue(queue.id);
        await reload();
    });

    return (
        <div className='WhatsappAtivoAdmin__card'>
            <div className='WhatsappAtivoAdmin__title'>
                <h2>{queue.name}</h2>
                {plan?.status === 'approved' ? (
                    <Tag
                        kind='good'
                        text={t('whatsapp-ativo.admin.queues.ready')}
                    />
                ) : (
                    <Tag
                        kind='warn'
                        text={t('whatsapp-ativo.admin.queues.no_plan')}
                    />
                )}
            </div>
            <Facts
                facts={[
                    [t('whatsapp-ativo.admin.queues.channel'), channel && team ? <a href={mattermost.channelUrl(team, channel)}>{[team.display_name, channel.display_name].join(' / ')}</a> : place.failure],
                    [t('whatsapp-ativo.admin.queues.account'), account && `${account.name} ${account.display_phone}`],
                    [t('whatsapp-ativo.admin.queues.inactivity'), queue.inactivity_minutes ? format.count(queue.inactivity_minutes) : t('whatsapp-ativo.admin.queues.inactivity_default')],
                    [t('whatsapp-ativo.admin.queues.time_zone'), queue.time_zone],
                    [t('whatsapp-ativo.admin.plans.spent'), plan?.status === 'approved' ? t('whatsapp-ativo.admin.plans.of', {spent: format.money(plan.spent, plan.currency), limit: format.money(plan.monthly_limit, plan.currency)}) : ''],
                ]}
            />
            <div className='WhatsappAtivoAdmin__buttons'>
                <Button
                    expanded={people}
                    label={named(t('whatsapp-ativo.admin.queues.people'))}
                    onClick={() => setPeople(!people)}
                >
                    {t('whatsapp-ativo.admin.queues.people')}
                </Button>
                {!disabled && (
                    <>
                        <Button
                            label={named(t('whatsapp-ativo.admin.edit'))}
                            onClick={onEdit}
                        >
                            {t('whatsapp-ativo.admin.edit')}
                        </Button>
                        <ConfirmButton
                            disabled={busy}
                            question={t('whatsapp-ativo.admin.queues.delete_question', {name: queue.name})}
                            label={named(t('whatsapp-ativo.admin.delete'))}
                            onConfirm={remove}
                        >
                            {t('whatsapp-ativo.admin.delete')}
                        </ConfirmButton>
                    </>
                )}
            </div>
            <Failure text={failure}/>
            {people && <QueueMembers queue={queue}/>}
        </div>
    );
};
