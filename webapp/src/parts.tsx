import React, {createContext, useContext} from 'react';
import type {ComponentType} from 'react';
import {commandRunner} from 'src/actions/run_command';
import type {RunCommand} from 'src/actions/run_command';
import type {Client} from 'src/client';
import {Channels} from 'src/live/channels';
import {Clock} from 'src/live/clock';
import {Conversations} from 'src/live/conversations';
import {Feed} from 'src/live/feed';
import {Value} from 'src/live/value';
import {AgentRest} from 'src/rest/agent';
import type {PluginStore} from 'src/types/mattermost_webapp';

/** What somebody wanted to post while that was not possible. */
export type Refused = {channelId: string; rootId: string; message: string; fileIds: string[]};

/** What the right-hand side shows: the list, or one conversation's customer. */
export type Pane = {conversationId: string};

/** What our parts of the web client have in common. One a web client. */
export type Parts = {
    rest: AgentRest;
    feed: Feed;
    clock: Clock;
    conversations: Conversations;
    channels: Channels;
    run: RunCommand;
    store: PluginStore;
    pane: Value<Pane>;

    /** Opens the right-hand side; set once it is registered. */
    showPane: () => void;

    /** Channels in which what is written next is a note. */
    notes: Value<ReadonlySet<string>>;
    refused: Value<Refused | null>;
};

export function makeParts(store: PluginStore, client: Client): Parts {
    const rest = new AgentRest(client);
    const feed = new Feed();
    const conversations = new Conversations(rest, feed);
    return {
        rest,
        feed,
        clock: new Clock(),
        conversations,
        channels: new Channels(rest, conversations, (id) => {
            const user = store.getState().entities.users?.profiles[id];
            return Boolean(user && !user.is_bot);
        }),
        run: commandRunner(store, client),
        store,
        pane: new Value<Pane>({conversationId: ''}),
        showPane: () => {},
        notes: new Value<ReadonlySet<string>>(new Set()),
        refused: new Value<Refused | null>(null),
    };
}

const PartsContext = createContext<Parts | null>(null);

export function useParts(): Parts {
    const parts = useContext(PartsContext);
    if (!parts) {
        throw new Error('a part of ours is outside of withParts');
    }
    return parts;
}

/** The web client draws what is registered without anything of ours around it. */
export function withParts<P extends object>(parts: Parts, Component: ComponentType<P>): ComponentType<P> {
    return (props: P) => (
        <PartsContext.Provider value={parts}>
            <Component {...props}/>
        </PartsContext.Provider>
    );
}

/** Turns the notes of a channel on or off. */
export function setNotes(parts: Parts, channelId: string, on: boolean) {
    const channels = new Set(parts.notes.get());
    if (on) {
        channels.add(channelId);
    } else {
        channels.delete(channelId);
    }
    parts.notes.set(channels);
}
