import {combineReducers} from 'redux';
import type {UnknownAction} from 'redux';

/** The action by which the page sets what the plugin reads from the web client's store, by the slice's name. */
export const setEntities = (data: Record<string, object>) => ({type: 'FAKE_ENTITIES', data});

const part = <T extends object>(name: string, first: T) => (state: T = first, action: UnknownAction): T => {
    const change = action.type === 'FAKE_ENTITIES' && (action.data as Record<string, object>)[name];
    return change ? {...state, ...change} : state;
};

/** The slices of the web client's store that the plugin reads. */
export function fakeEntities(currentTeamId: string) {
    return combineReducers({
        teams: part('teams', {currentTeamId, teams: {[currentTeamId]: {id: currentTeamId, name: 'empresa'}}}),
        channels: part('channels', {channels: {}, currentChannelId: '', myMembers: {}, messageCounts: {}}),
        general: part('general', {config: {}}),
        files: part('files', {files: {}}),
        posts: part('posts', {posts: {}, postsInChannel: {}}),
        users: part('users', {currentUserId: 'u1', profiles: {}}),
        integrations: combineReducers({
            dialogTriggerId: (state = '', action: UnknownAction) => (action.type === 'RECEIVED_DIALOG_TRIGGER_ID' ? action.data : state),
            dialog: (state = null, action: UnknownAction) => (action.type === 'RECEIVED_DIALOG' ? action.data : state),
        }),
    });
}
