import {manifest} from 'src/manifest';

import type {Client} from './client';
import {withParams} from './query';
import type {Params} from './query';
import type {CloseBody, ClosingOptions, Contact, Conversation, KnownCustomer, Lookalike, Message, Overview, Page, QuickReply, Results, ResultsNow, Revealed, Scheduled, StartBody, StartCheck, StartOptions} from './types';

const root = `/plugins/${manifest.id}/api/v1/`;

/** A member of a channel, as far as Mattermost's list of users is used here. */
export type Colleague = {id: string; username: string; is_bot?: boolean};

/** To whom a conversation is transferred. */
export type TransferTarget = {user_id: string} | {queue_id: string};

/** The plugin's REST API for an agent, and the little of Mattermost's own that an agent's pages need. */
export class AgentApi {
    constructor(private readonly client: Client) {}

    conversations = (params: Params) => this.search<Page<Conversation>>('conversations', 'conversations/search', params);

    /** All conversations of a list as CSV, for a spreadsheet in the reader's language. */
    conversationsFile = ({q, ...params}: Params, locale: string) => {
        const comma = new Intl.NumberFormat(locale).format(0.5).includes(',');
        const path = root + withParams(q ? 'conversations/search' : 'conversations', {...params, bom: '1', sep: comma ? ';' : ','});
        return this.client.file(path, 'text/csv', q ? {q} : undefined);
    };

    overview = (params: Params = {}) => this.search<Overview>('conversations/counts', 'conversations/counts', params);

    /** For supervisors: what came of templates, and who waits for whom now. */
    results = (params: Params) => this.get<Results>('results', params);
    resultsNow = (params: Params) => this.get<ResultsNow>('results/now', params);
    conversation = (id: string) => this.get<Conversation>(`conversations/${id}`);

    /** Who makes the conversations' channels. */
    channels = () => this.get<{creator_id: string}>('channels');

    /** The conversation that owns a channel. */
    channelConversation = (channelId: string) => this.get<Conversation>(`channels/${channelId}/conversation`);

    /** What a conversation can be started with; queueId '' = the reader's first queue. */
    startOptions = (queueId: string) => this.get<StartOptions>('start-options', {queue_id: queueId});

    /** What would become of a start. Nothing is sent. */
    checkStart = (body: StartBody) => this.post<StartCheck>('conversations/check', body);

    /** The same key with the same body starts one conversation, however often it is sent; with send_at it is put off. */
    start = (body: StartBody, key: string) => this.client.request<Conversation | Scheduled>('POST', `${root}conversations`, body, {'Idempotency-Key': key});

    /** What is scheduled, mine and of the queues that I supervise; with contact_id what is to go to one person. */
    scheduled = (params: Params) => this.get<Page<Scheduled>>('scheduled', {waiting: '1', ...params});

    /** One that failed, with what was typed for it. */
    failedStart = (id: string) => this.get<Scheduled>(`scheduled/${id}`);
    cancelScheduled = (id: string) => this.client.request<Scheduled>('DELETE', `${root}scheduled/${id}`);

    customers = (q: string) => this.search<Page<KnownCustomer>>('customers', 'customers/search', {q});

    claim = (id: string) => this.post<Conversation>(`conversations/${id}/claim`);
    transfer = (id: string, target: TransferTarget) => this.post<Conversation>(`conversations/${id}/transfer`, target);
    close = (id: string, body: CloseBody) => this.post<Conversation>(`conversations/${id}/close`, body);

    /** What a conversation can be closed with. */
    closingOptions = (id: string) => this.get<ClosingOptions>(`conversations/${id}/closing-options`);
    reopen = (id: string) => this.post<Conversation>(`conversations/${id}/reopen`);

    /** The quick replies that fit, the reader's own and those of the conversation's queue. */
    quickReplies = (id: string, q: string, count: number) => this.get<Page<QuickReply>>('quick-replies', {conversation_id: id, q, per_page: count});
    filledReply = (id: string, replyId: string) => this.get<{text: string}>(`conversations/${id}/quick-replies/${replyId}`);

    /** A page of a queue's quick replies, of the reader's own where queueId is '', or of both where it is `allReplies`. */
    repliesOf = (queueId: string, q: string, page: number) => this.get<Page<QuickReply>>('quick-replies', {...scopeOf(queueId), q, page, per_page: 20});
    repliesFile = (queueId: string) => this.client.file(root + withParams('quick-replies', {...scopeOf(queueId), format: 'csv'}), 'text/csv');

    /** Changes a reply, or adds one to a queue or to the reader's own. */
    saveReply = (queueId: string, input: {shortcut: string; title: string; text: string}, id?: string) => (id ? this.client.request('PATCH', `${root}quick-replies/${id}`, input) : this.post('quick-replies', {...ownerOf(queueId), ...input}));
    deleteReply = (id: string) => this.client.request('DELETE', `${root}quick-replies/${id}`);
    importReplies = (queueId: string, csv: string) => this.post('quick-replies/import', {...ownerOf(queueId), csv});

    saveDraft = (id: string, text: string, fileIds: string[]) => this.post<object>(`conversations/${id}/drafts`, {text, file_ids: fileIds});

    /** Records what the reader knows of a person's consent. */
    setConsent = (contactId: string, said: {status: 'granted' | 'revoked'; origin?: string; note?: string}) =>
        this.client.request<Contact>('PUT', `${root}contacts/${contactId}/consent`, said);

    /** For system admins: who may be the same person as a contact, and making one of the two. */
    lookalikes = (contactId: string) => this.get<Page<Lookalike>>(`contacts/${contactId}/lookalikes`);
    merge = (contactId: string, otherId: string) => this.post(`contacts/${contactId}/merge`, {contact_id: otherId});
    reveal = (contactId: string) => this.post<Revealed>(`contacts/${contactId}/reveal`);

    /** The message that a post stands for; undefined where it stands for none. */
    messageOfPost = async (id: string, postId: string) => (await this.get<Page<Message>>(`conversations/${id}/messages`, {post_id: postId})).items[0];

    /** The first 200 active members of a channel, by name. */
    channelMembers = (channelId: string) => this.client.request<Colleague[]>('GET', `/api/v4/users?in_channel=${channelId}&active=true&per_page=200`);

    /** Posts in the reader's name. */
    createPost = (post: {channel_id: string; root_id: string; message: string; file_ids?: string[]; type?: string}) =>
        this.client.request<{id: string}>('POST', '/api/v4/posts', post);

    private get<T>(path: string, params: Params = {}) {
        return this.client.request<T>('GET', root + withParams(path, params));
    }

    /**
     * What the reader searches for goes into the body of a POST. It may be a person's document, or as much of one as was typed so far,
     * and URLs end up in the logs of every proxy on the way.
     */
    private search<T>(listPath: string, searchPath: string, {q, ...params}: Params) {
        return q ? this.post<T>(withParams(searchPath, params), {q}) : this.get<T>(listPath, params);
    }

    private post<T>(path: string, body: object = {}) {
        return this.client.request<T>('POST', root + path, body);
    }
}

/** In the place of a queue's id: the reader's own quick replies and those of all their queues. */
export const allReplies = 'all';

/** What belongs to no queue is the reader's own. */
const ownerOf = (queueId: string) => (queueId && queueId !== allReplies ? {scope: 'queue', queue_id: queueId} : {scope: 'personal'});

const scopeOf = (queueId: string) => (queueId === allReplies ? {} : ownerOf(queueId));
