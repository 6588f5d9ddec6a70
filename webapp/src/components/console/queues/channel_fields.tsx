import React from 'react';
import {SelectField} from 'src/components/shared/fields';
import {useText} from 'src/i18n/use_text';

import type {Team} from '@mattermost/types/teams';

import {ChannelSelect} from './channel_select';

type Choice = {value: string; error?: string};

type Props = {
    teams: Team[];
    team: Choice;
    channel: Choice;
    onTeam: (id: string) => void;
    onChannel: (id: string, name: string) => void;
};

/** Chooses a team and one of its channels. */
export const ChannelFields = ({teams, team, channel, onTeam, onChannel}: Props) => {
    const t = useText();
    return (
        <>
            <SelectField
                label={t('whatsapp-ativo.admin.queues.team')}
                value={team.value}
                error={team.error}
                onChange={onTeam}
                options={[{value: '', text: t('whatsapp-ativo.admin.choose')}, ...teams.map((one) => ({value: one.id, text: one.display_name}))]}
            />
            <ChannelSelect
                teamId={team.value}
                searchLabel={t('whatsapp-ativo.admin.queues.search')}
                label={t('whatsapp-ativo.admin.queues.channel')}
                hint={t('whatsapp-ativo.admin.queues.channel_hint')}
                empty={t('whatsapp-ativo.admin.choose')}
                value={channel.value}
                error={channel.error}
                onChange={onChannel}
            />
        </>
    );
};
