import type {Conversation} from 'src/rest/agent';

import type {GlobalState} from '@mattermost/types/store';

/** Leads to a conversation's channel; false where the web client has no way there. */
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
