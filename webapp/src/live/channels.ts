import {ServerError} from 'src/client';
import type {AgentRest} from 'src/rest/agent';

import type {Channel} from '@mattermost/types/channels';

import type {Conversations} from './conversations';
import {Value} from './value';

/** What tells a channel. Its name does not: any member may change it. */
export type ChannelKey = Pick<Channel, 'id' | 'creator_id' | 'type'>;

/**
 * Which conversation owns a channel. Only the plugin's bot makes such channels, and nobody can change who made one: a channel of
 * somebody else's costs no request, but for one a page to learn who the bot is.
 */
export class Channels {
    private readonly known = new Map<string, Value<string>>();
    private readonly asked = new Map<string, Promise<string>>();
    private maker: Promise<string> | undefined;

    /** isPerson tells users whom the web client knows not to be bots. */
    constructor(private readonly rest: AgentRest, private readonly conversations: Conversations, private readonly isPerson: (userId: string) => boolean) {}

    /** The conversation's id as far as it is known; '' = not, or there is none. */
    value = (channelId: string) => {
        let value = this.known.get(channelId);
        if (!value) {
            value = new Value('');
            this.known.set(channelId, value);
        }
        return value;
    };

    /** The id of the conversation that owns a channel; '' = none that the reader may see. Rejects where there is no answer. */
    conversationOf = async (channel?: ChannelKey): Promise<string> => {
        if (!channel?.creator_id || channel.type === 'D' || channel.type === 'G') {
            return '';
        }
        const known = this.value(channel.id).get();
        if (known || this.isPerson(channel.creator_id) || channel.creator_id !== await this.bot()) {
            return known;
        }
        let asked = this.asked.get(channel.id);
        if (!asked) {
            asked = this.ask(channel.id).finally(() => this.asked.delete(channel.id));
            this.asked.set(channel.id, asked);
        }
        return asked;
    };

    private bot() {
        this.maker ??= this.rest.channels().then(({creator_id: id}) => id).catch((error) => {
            this.maker = undefined;
            throw error;
        });
        return this.maker;
    }

    private async ask(channelId: string) {
        try {
            const conversation = await this.rest.channelConversation(channelId);
            this.conversations.put(conversation);
            this.value(channelId).set(conversation.id);
            return conversation.id;
        } catch (error) {
            if (error instanceof ServerError && error.status === 404) { // of another kind, or not for this reader's eyes: that may change
                return '';
            }
            throw error;
        }
    }
}
