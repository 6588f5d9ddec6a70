import type {AgentApi} from 'src/api/agent_api';
import type {Conversation} from 'src/api/types';

import type {ChangeFeed} from './change_feed';
import {Store} from './store';
import {Throttle} from './throttle';

type Entry = {
    store: Store<Conversation | undefined>;
    watchers: number;
    throttle: Throttle;

    /** Counts the requests, so that a late response to an older one is dropped. */
    requests: number;
    unsubscribe?: () => void;
};

/** Single conversations, for what is shown of them in their channels. Those that somebody watches are kept up to date. */
export class Conversations {
    private readonly entries = new Map<string, Entry>();

    constructor(private readonly api: AgentApi, private readonly changeFeed: ChangeFeed) {}

    /** The conversation as it was last read; undefined before that, and for a reader who may not see it. */
    store = (id: string) => this.entry(id).store;

    /** Keeps the conversation up to date until the returned function is called. */
    watch = (id: string) => {
        const entry = this.entry(id);
        if (entry.watchers++ === 0) {
            entry.unsubscribe = this.changeFeed.subscribe((changed) => {
                if (changed === '' || changed === id) {
                    entry.throttle.request();
                }
            });
            entry.throttle.runNow();
        }
        return () => {
            if (--entry.watchers === 0) {
                entry.unsubscribe?.();
                entry.throttle.cancel();
            }
        };
    };

    /** Stores a conversation that another request returned. It replaces whatever is still being read. */
    put = (conversation: Conversation) => {
        const entry = this.entry(conversation.id);
        entry.requests++;
        entry.store.set(conversation);
    };

    /** Reads the conversation now. Rejects where the server does not return it. */
    read = async (id: string): Promise<Conversation> => {
        const entry = this.entry(id);
        const request = ++entry.requests;
        const conversation = await this.api.conversation(id);
        if (request === entry.requests) {
            entry.store.set(conversation);
        }
        return conversation;
    };

    /** Reads the conversation and ignores a failure: the next event, or the change feed's timer, reads it again. */
    refresh = (id: string) => {
        this.read(id).catch(() => {});
    };

    private entry(id: string): Entry {
        let entry = this.entries.get(id);
        if (!entry) {
            const throttle = new Throttle(() => this.refresh(id), 150, 1000);
            entry = {store: new Store<Conversation | undefined>(undefined), watchers: 0, throttle, requests: 0};
            this.entries.set(id, entry);
        }
        return entry;
    }
}
