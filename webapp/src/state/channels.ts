import type {AgentApi} from 'src/api/agent_api';
import {ServerError} from 'src/api/client';

import type {Channel} from '@mattermost/types/channels';

import type {Conversations} from './conversations';
import {Store} from './store';

/** What a conversation's channel is recognised by. The name is not part of it: any member may change it. */
export type ChannelKey = Pick<Channel, 'id' | 'creator_id' | 'type'>;

/**
 * Which conversation owns a channel. Only the plugin's bot makes such channels, and nobody can change who made one. A channel that a
 * person made therefore costs no request; all others together cost one, which asks who the bot is.
 */
export class Channels {
    private readonly conversationIds = new Map<string, Store<string>>();
    private readonly pending = new Map<string, Promise<string>>();
    private botId: Promise<string> | undefined;
    private knownBotId = '';

    /** isPerson returns true for a user whom the web client knows and who is no bot. */
    constructor(private readonly api: AgentApi, private readonly conversations: Conversations, private readonly isPerson: (userId: string) => boolean) {}

    /** The id of the conversation that owns the channel; '' where it is not known yet, or where there is none. */
    conversationId = (channelId: string) => {
        let store = this.conversationIds.get(channelId);
        if (!store) {
            store = new Store('');
            this.conversationIds.set(channelId, store);
        }
        return store;
    };

    /**
     * Finds out which conversation owns the channel. Returns its id, or '' where there is none that the reader may see. Rejects where
     * the server does not respond.
     */
    findConversation = async (channel?: ChannelKey): Promise<string> => {
        if (!channel?.creator_id || channel.type === 'D' || channel.type === 'G') {
            return '';
        }
        const known = this.conversationId(channel.id).get();
        if (known || this.isPerson(channel.creator_id) || channel.creator_id !== await this.bot()) {
            return known;
        }
        let pending = this.pending.get(channel.id);
        if (!pending) {
            pending = this.request(channel.id).finally(() => this.pending.delete(channel.id));
            this.pending.set(channel.id, pending);
        }
        return pending;
    };

    /** Whether a user makes the conversations' channels, without waiting: the first call asks the server and returns false. */
    isMaker = (userId: string): boolean => {
        if (!this.knownBotId) {
            this.bot().catch(() => {}); // the next call asks again
        }
        return userId !== '' && userId === this.knownBotId;
    };

    private bot() {
        this.botId ??= this.api.channels().then(({creator_id: id}) => {
            this.knownBotId = id;
            return id;
        }).catch((error) => {
            this.botId = undefined;
            throw error;
        });
        return this.botId;
    }

    private async request(channelId: string) {
        try {
            const conversation = await this.api.channelConversation(channelId);
            this.conversations.put(conversation);
            this.conversationId(channelId).set(conversation.id);
            return conversation.id;
        } catch (error) {
            if (error instanceof ServerError && error.status === 404) { // no conversation's channel, or not visible to this reader; both may change
                return '';
            }
            throw error;
        }
    }
}
