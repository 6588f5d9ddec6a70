import type {Conversation} from 'src/api/types';
import type {Services} from 'src/services';

import type {GlobalState} from '@mattermost/types/store';

/** Up to this width, in pixels, the web client shows either a channel or the right-hand side. */
const narrow = 768;

/** The part of the web client's own state that says how wide its window is, and whether the right-hand side was spread over the channel. */
type Views = {views?: {browser?: {windowSize?: string}; rhs?: {isSidebarExpanded?: boolean}}};

/**
 * Opens the channel of a conversation, and closes our right-hand side where the channel would be opened behind it. Returns false where
 * there is no channel, or where the web client gives plugins no way to get there.
 */
export function openChannel({reduxStore, hidePane}: Pick<Services, 'reduxStore' | 'hidePane'>, conversation: Pick<Conversation, 'channel_id' | 'team_id'>): boolean {
    const state = reduxStore.getState();
    const {teams, currentTeamId} = state.entities.teams;
    const team = teams[conversation.team_id] ?? teams[currentTeamId];
    const history = window.WebappUtils?.browserHistory;
    if (!team || !history || !conversation.channel_id) {
        return false;
    }
    history.push(`/${team.name}/channels/${conversation.channel_id}`);
    if (covered(state)) {
        hidePane();
    }
    return true;
}

function covered(state: GlobalState): boolean {
    const {browser, rhs} = (state as Views).views ?? {};
    return browser?.windowSize === 'mobileView' || window.innerWidth <= narrow || Boolean(rhs?.isSidebarExpanded);
}
