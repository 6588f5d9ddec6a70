import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {SelectField, TextField} from 'src/components/form/fields';
import {useLoad, usePause} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';

import type {Channel} from '@mattermost/types/channels';
import type {Team} from '@mattermost/types/teams';

type Choice = {value: string; error?: string};

type Props = {
    teams: Team[];
    team: Choice;
    channel: Choice;
    onTeam: (id: string) => void;
    onChannel: (id: string, name: string) => void;
};

/** Chooses a team and a channel of it. The search narrows the channels down where the team has many. */
export const ChannelFields = ({teams, team, channel, onTeam, onChannel}: Props) => {
    const t = useText();
    const {mattermost} = useShared();
    const [typed, setTyped] = useState('');
    const term = usePause(typed.trim());
    const chosen = useLoad(async () => (channel.value ? mattermost.channel(channel.value) : undefined), [mattermost, channel.value]);
    const found = useLoad(async () => (team.value ? mattermost.searchChannels(team.value, term) : []), [mattermost, team.value, term]);

    // The chosen one stays in the list whatever is searched for.
    const channels: Channel[] = (found.value ?? []).filter((c) => c.id !== channel.value);
    if (channel.value && chosen.value?.id === channel.value) {
        channels.unshift(chosen.value);
    }
    return (
        <>
            <SelectField
                label={t('whatsapp-ativo.admin.queues.team')}
                value={team.value}
                error={team.error}
                onChange={onTeam}
                options={[{value: '', text: t('whatsapp-ativo.admin.choose')}, ...teams.map((one) => ({value: one.id, text: one.display_name}))]}
            />
            <TextField
                type='search'
                label={t('whatsapp-ativo.admin.queues.search')}
                value={typed}
                onChange={setTyped}
            />
            <SelectField
                label={t('whatsapp-ativo.admin.queues.channel')}
                hint={t('whatsapp-ativo.admin.queues.channel_hint')}
                value={channel.value}
                error={channel.error || found.failure}
                disabled={!team.value}
                onChange={(id) => onChannel(id, channels.find((c) => c.id === id)?.display_name ?? '')}
                options={[{value: '', text: t('whatsapp-ativo.admin.choose')}, ...channels.map((c) => ({value: c.id, text: c.display_name}))]}
            />
        </>
    );
};
