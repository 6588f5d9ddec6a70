import React, {useState} from 'react';
import {useConsole} from 'src/components/console/use_console';
import {SelectField, TextField} from 'src/components/shared/fields';
import {useDebounced} from 'src/components/shared/use_debounced';
import {useLoad} from 'src/components/shared/use_load';

import type {Channel} from '@mattermost/types/channels';

type Props = {
    teamId: string;
    searchLabel: string;
    label: string;
    hint: string;
    empty: string; // what the choice of no channel is called
    value: string;
    error?: string;
    onChange: (id: string, name: string) => void;
};

/** Chooses a channel of a team. A search narrows them down, because the server returns only the first 50. */
export const ChannelSelect = ({teamId, searchLabel, label, hint, empty, value, error, onChange}: Props) => {
    const {mattermost} = useConsole();
    const [typed, setTyped] = useState('');
    const term = useDebounced(typed.trim());
    const chosen = useLoad(async () => (value ? mattermost.channel(value) : undefined), [mattermost, value]);
    const found = useLoad(async () => (teamId ? mattermost.searchChannels(teamId, term) : []), [mattermost, teamId, term]);

    // The chosen channel stays in the list even where the search does not find it.
    const channels: Channel[] = (found.value ?? []).filter((c) => c.id !== value);
    if (value && chosen.value?.id === value) {
        channels.unshift(chosen.value);
    }
    return (
        <>
            <TextField
                type='search'
                label={searchLabel}
                value={typed}
                onChange={setTyped}
            />
            <SelectField
                label={label}
                hint={hint}
                value={value}
                error={error || found.failure}
                disabled={!teamId}
                onChange={(id) => onChange(id, channels.find((c) => c.id === id)?.display_name ?? '')}
                options={[{value: '', text: empty}, ...channels.map((c) => ({value: c.id, text: c.display_name}))]}
            />
        </>
    );
};
