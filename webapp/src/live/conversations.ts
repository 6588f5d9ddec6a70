import type {AgentRest, Conversation} from 'src/rest/agent';

import type {Feed} from './feed';
import {Soon} from './soon';
import {Value} from './value';

type Watched = {value: Value<Conversation | undefined>; watchers: number; soon: Soon; asked: number; silence?: () => void};

/** Single conversations, for what is shown of them in their channels. Those that are watched stay up to date. */
export class Conversations {
    private readonly watched = new Map<string, Watched>();

    constructor(private readonly rest: AgentRest, private readonly feed: Feed) {}

    /** The conversation as it was last read; undefined before, and for who may not see it. */
    value = (id: string) => this.of(id).value;

    /** Keeps the conversation up to date until the returned function is called. */
    watch = (id: string) => {
        const one = this.of(id);
        if (one.watchers++ === 0) {
            one.silence = this.feed.listen((changed) => {
                if (changed === '' || changed === id) {
                    one.soon.ask();
                }
            });
            one.soon.now();
        }
        return () => {
            if (--one.watchers === 0) {
                one.silence?.();
                one.soon.stop();
            }
        };
    };

    /** Takes in what was read otherwise. */
    put = (conversation: Conversation) => {
        const one = this.of(conversation.id);
        one.asked++;
        one.value.set(conversation);
    };

    /** Reads it now. Rejects where there is no answer. */
    read = async (id: string): Promise<Conversation> => {
        const one = this.of(id);
        const mine = ++one.asked;
        const conversation = await this.rest.conversation(id);
        if (mine === one.asked) {
            one.value.set(conversation);
        }
        return conversation;
    };

    private of(id: string): Watched {
        let one = this.watched.get(id);
        if (!one) {
            const soon = new Soon(() => {
                this.read(id).catch(() => {}); // the next time
            }, 150, 1000);
            one = {value: new Value<Conversation | undefined>(undefined), watchers: 0, soon, asked: 0};
            this.watched.set(id, one);
        }
        return one;
    }
}
