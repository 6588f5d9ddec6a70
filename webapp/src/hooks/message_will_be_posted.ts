import type {State} from 'src/api/types';
import {translations} from 'src/i18n';
import type {MessageKey} from 'src/i18n';
import type {Services} from 'src/services';
import {typeEvent, typeNote} from 'src/state/post_types';
import type {MessageVerdict} from 'src/types/mattermost_webapp';
import {mentioned} from 'src/whatsapp/mentions';

import type {Channel} from '@mattermost/types/channels';
import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';

/** How long the server may take to say that the window is open after all, milliseconds. */
const timeout = 3000;

const refusals: Partial<Record<State, MessageKey>> = {
    waiting: 'whatsapp-ativo.refused.waiting',
    expired: 'whatsapp-ativo.refused.expired',
    closed: 'whatsapp-ativo.refused.closed',
};

/**
 * Keeps a text in the composer while it cannot reach the customer. The server would refuse it too, but by then the composer is empty
 * and the text is lost. A call to a colleague is kept there as well, because it is meant as a note. Where it is not certain that the text
 * would be refused, it is posted and the server decides.
 */
export function messageWillBePosted(services: Services) {
    return async (post: Post): Promise<MessageVerdict> => {
        const state = services.reduxStore.getState();
        if (post.type) {
            return {post};
        }

        // Before anything is looked up: a note must never go to the customer, even while the server cannot be reached.
        if (services.notes.get().has(post.channel_id)) {
            return {post: {...post, type: typeNote as Post['type']}};
        }
        const rootType: string | undefined = post.root_id && state.entities.posts.posts[post.root_id]?.type;
        if (rootType === typeNote || rootType === typeEvent) {
            return {post};
        }
        const texts = translations(localeOf(state));
        const refusal = await refusalFor(services, state.entities.channels.channels[post.channel_id]);
        const name = refusal === 'open' ? mentioned(post.message, isUserOf(state)) : '';
        if (!refusal || (refusal === 'open' && !name)) {
            services.refused.set(null);
            return {post};
        }
        services.refused.set({channelId: post.channel_id, rootId: post.root_id, message: post.message, fileIds: post.file_ids ?? [], mention: refusal === 'open'});
        return {error: {message: refusal === 'open' ? texts['whatsapp-ativo.refused.mention'].replace('{name}', name) : texts[refusal]}};
    };
}

/** Returns why a text in the channel cannot reach the customer, `open` where it can; undefined in other channels, and where it is not known. */
async function refusalFor({channels, conversations}: Services, channel?: Channel): Promise<MessageKey | 'open' | undefined> {
    const late = new Promise<undefined>((resolve) => {
        setTimeout(resolve, timeout);
    });
    try {
        const id = await Promise.race([channels.findConversation(channel), late]);
        if (!id) {
            return undefined;
        }
        if (conversations.store(id).get()?.state === 'open') {
            return 'open';
        }

        // The state that is known may be old, and the customer may have written since.
        const conversation = await Promise.race([conversations.read(id), late]);
        return conversation && (refusals[conversation.state] ?? 'open');
    } catch {
        return undefined;
    }
}

/** Whether a name is that of a user whom the web client knows. */
function isUserOf(state: GlobalState) {
    const names = new Set(Object.values(state.entities.users?.profiles ?? {}).map(({username}) => username));
    return (name: string) => names.has(name);
}

export const localeOf = (state: GlobalState) => state.entities.users?.profiles[state.entities.users.currentUserId]?.locale ?? '';
