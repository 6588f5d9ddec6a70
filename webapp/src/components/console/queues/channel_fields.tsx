import React, {useState} from 'react';
import {useConsole} from 'src/components/console/use_console';
import {SelectField, TextField} from 'src/components/shared/fields';
import {useDebounced} from 'src/components/shared/use_debounced';
import {useLoad} from 'src/components/shared/use_load';
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

/** Chooses a team and one of its channels. A search narrows the channels down, because the server returns only the first 50. */
export const ChannelFields = ({teams, team, channel, onTeam, onChannel}: Props) => {
    const t = useText();
    const {mattermost} = useConsole();
    const [typed, setTyped] = useState('');
    const term = useDebounced(typed.trim());
    const chosen = useLoad(async () => (channel.value ? mattermost.channel(channel.value) : undefined), [mattermost, channel.value]);
    const found = useLoad(async () => (team.value ? mattermost.searchChannels(team.value, term) : []), [mattermost, team.value, term]);

    // The chosen channel stays in the list even where the search does not find it.
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
