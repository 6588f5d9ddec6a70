import type {State} from 'src/api/types';
import {translations} from 'src/i18n';
import type {MessageKey} from 'src/i18n';
import type {Services} from 'src/services';
import {typeEvent, typeNote} from 'src/state/post_types';
import type {MessageVerdict} from 'src/types/mattermost_webapp';

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
 * and the text is lost. Where it is not certain that the text would be refused, it is posted and the server decides.
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
        const refusal = await refusalFor(services, state.entities.channels.channels[post.channel_id]);
        if (!refusal) {
            services.refused.set(null);
            return {post};
        }
        services.refused.set({channelId: post.channel_id, rootId: post.root_id, message: post.message, fileIds: post.file_ids ?? []});
        return {error: {message: translations(localeOf(state))[refusal]}};
    };
}

/** Returns why a text in the channel cannot reach the customer; undefined where it can, or where that is not known. */
async function refusalFor({channels, conversations}: Services, channel?: Channel): Promise<MessageKey | undefined> {
    const late = new Promise<undefined>((resolve) => {
        setTimeout(resolve, timeout);
    });
    try {
        const id = await Promise.race([channels.findConversation(channel), late]);
        if (!id || conversations.store(id).get()?.state === 'open') {
            return undefined;
        }

        // The state that is known may be old, and the customer may have written since.
        const conversation = await Promise.race([conversations.read(id), late]);
        return conversation && refusals[conversation.state];
    } catch {
        return undefined;
    }
}

export const localeOf = (state: GlobalState) => state.entities.users?.profiles[state.entities.users.currentUserId]?.locale ?? '';
