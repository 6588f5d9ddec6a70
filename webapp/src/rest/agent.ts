import type {Client} from 'src/client';
import {manifest} from 'src/manifest';

import type {Page} from './types';
import {withValues} from './values';
import type {Values} from './values';

const root = `/plugins/${manifest.id}/api/v1/`;

/** A conversation's state, derived by the server from its times. */
export type State = 'waiting' | 'open' | 'expired' | 'closed';

export type Conversation = {
    id: string;
    state: State;
    window_until: number | null;
    cooldown_until: number | null;
    owner_id: string;
    attendant_id: string;
    queue_id: string;
    account_id: string;
    team_id: string;
    channel_id: string;
    contact: {id: string; name: string; phone: string; cpf_masked: string};
    closed_at: number | null;
    close_reason: string;
    created_at: number | null;
    updated_at: number | null;

    /** In lists. */
    template?: string;
    owner_username?: string;
    attendant_username?: string;
};

export type QueueName = {id: string; name: string; team_id: string; channel_id: string};

/** How many conversations there are, and the queues the reader sees. `now` is the clock by which windows end. */
export type Overview = {waiting: number; open: number; expired: number; unclaimed: number; queues: QueueName[]; now: number | null};

export type Revealed = {id: string; phone: string; cpf: string};

export type Message = {id: string; post_id: string; status: string; reason: string; reason_code: number};

export type Colleague = {id: string; username: string; is_bot?: boolean};

/** The plugin's REST API, for an agent, with the little that is needed of Mattermost's own. */
export class AgentRest {
    constructor(private readonly client: Client) {}

    conversations = (values: Values) => this.search<Page<Conversation>>('conversations', 'conversations/search', values);
    overview = (values: Values = {}) => this.search<Overview>('conversations/counts', 'conversations/counts', values);

    /** Who makes the conversations' channels. */
    channels = () => this.get<{creator_id: string}>('channels');

    /** The conversation that owns a channel. */
    channelConversation = (channelId: string) => this.get<Conversation>(`channels/${channelId}/conversation`);
    conversation = (id: string) => this.get<Conversation>(`conversations/${id}`);
    note = (id: string, text: string) => this.post<Conversation>(`conversations/${id}/note`, {text});
    claim = (id: string) => this.post<Conversation>(`conversations/${id}/claim`);
    keepDraft = (id: string, text: string, fileIds: string[]) => this.post<object>(`conversations/${id}/drafts`, {text, file_ids: fileIds});
    reveal = (contactId: string) => this.post<Revealed>(`contacts/${contactId}/reveal`);

    /** What became of the message of a post; undefined where it is none. */
    messageOf = async (id: string, postId: string) => (await this.get<Page<Message>>(`conversations/${id}/messages`, {post_id: postId})).items[0];

    /** The first colleagues in a channel, by name. */
    colleagues = (channelId: string) => this.client.request<Colleague[]>('GET', `/api/v4/users?in_channel=${channelId}&active=true&per_page=200`);

    /** Posts in the reader's name. */
    createPost = (post: {channel_id: string; root_id: string; message: string; file_ids?: string[]; type?: string}) =>
        this.client.request<{id: string}>('POST', '/api/v4/posts', post);

    private get<T>(path: string, values: Values = {}) {
        return this.client.request<T>('GET', root + withValues(path, values));
    }

    /**
     * What is searched goes in the body of a POST. It may be somebody's document, or so much of one as was typed until now, and URLs
     * stand in the logs of every proxy on the way.
     */
    private search<T>(listPath: string, searchPath: string, {q, ...values}: Values) {
        return q ? this.post<T>(withValues(searchPath, values), {q}) : this.get<T>(listPath, values);
    }

    private post<T>(path: string, body: object = {}) {
        return this.client.request<T>('POST', root + path, body);
    }
}
