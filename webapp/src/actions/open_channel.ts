import type {Conversation} from 'src/api/types';

import type {GlobalState} from '@mattermost/types/store';

/** Opens the channel of a conversation. Returns false where it has none, or where the web client gives plugins no way to get there. */
export function openChannel(state: GlobalState, conversation: Pick<Conversation, 'channel_id' | 'team_id'>): boolean {
    const {teams, currentTeamId} = state.entities.teams;
    const team = teams[conversation.team_id] ?? teams[currentTeamId];
    const history = window.WebappUtils?.browserHistory;
    if (!team || !history || !conversation.channel_id) {
        return false;
    }
    history.push(`/${team.name}/channels/${conversation.channel_id}`);
    return true;
}
