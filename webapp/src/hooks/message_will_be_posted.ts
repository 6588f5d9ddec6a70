import {translations} from 'src/i18n';
import type {MessageKey} from 'src/i18n';
import {typeEvent, typeNote} from 'src/live/channel';
import type {Parts} from 'src/parts';
import type {Conversation} from 'src/rest/agent';
import type {MessageVerdict} from 'src/types/mattermost_webapp';

import type {Channel} from '@mattermost/types/channels';
import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';

/** How long the server may take to say that the window is open after all, milliseconds. */
const patience = 3000;

const refusals: Partial<Record<Conversation['state'], MessageKey>> = {
    waiting: 'whatsapp-ativo.refused.waiting',
    expired: 'whatsapp-ativo.refused.expired',
    closed: 'whatsapp-ativo.refused.closed',
};

/**
 * Keeps a text in the composer while it could not reach the customer: the server would refuse it too, but then it would be gone from
 * the composer. Where that is not certain the post goes its way, and the server decides.
 */
export function messageWillBePosted(parts: Parts) {
    return async (post: Post): Promise<MessageVerdict> => {
        const state = parts.store.getState();
        if (post.type) {
            return {post};
        }

        // Whatever else is known or not: what was to be a note is one.
        if (parts.notes.get().has(post.channel_id)) {
            return {post: {...post, type: typeNote as Post['type']}};
        }
        const rootType: string | undefined = post.root_id && state.entities.posts.posts[post.root_id]?.type;
        if (rootType === typeNote || rootType === typeEvent) {
            return {post};
        }
        const refusal = await refusalOf(parts, state.entities.channels.channels[post.channel_id]);
        if (!refusal) {
            parts.refused.set(null);
            return {post};
        }
        parts.refused.set({channelId: post.channel_id, rootId: post.root_id, message: post.message, fileIds: post.file_ids ?? []});
        return {error: {message: translations(localeOf(state))[refusal]}};
    };
}

/** What is known may be old: a no is asked for anew. */
async function refusalOf(parts: Parts, channel?: Channel): Promise<MessageKey | undefined> {
    const late = new Promise<undefined>((resolve) => {
        setTimeout(resolve, patience);
    });
    try {
        const id = await Promise.race([parts.channels.conversationOf(channel), late]);
        if (!id || parts.conversations.value(id).get()?.state === 'open') {
            return undefined;
        }
        const conversation = await Promise.race([parts.conversations.read(id), late]);
        return conversation && refusals[conversation.state];
    } catch {
        return undefined;
    }
}

export const localeOf = (state: GlobalState) => state.entities.users?.profiles[state.entities.users.currentUserId]?.locale ?? '';
