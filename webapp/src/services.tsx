import React, {createContext, useContext} from 'react';
import type {ComponentType} from 'react';
import {commandRunner} from 'src/actions/run_command';
import type {RunCommand} from 'src/actions/run_command';
import {actionRunner} from 'src/actions/try_action';
import type {TryAction} from 'src/actions/try_action';
import {AdminApi} from 'src/api/admin_api';
import {AgentApi} from 'src/api/agent_api';
import type {Client} from 'src/api/client';
import {MattermostApi} from 'src/api/mattermost_api';
import type {Scheduled} from 'src/api/types';
import {ChangeFeed} from 'src/state/change_feed';
import {Channels} from 'src/state/channels';
import {Clock} from 'src/state/clock';
import type {ConsolePage} from 'src/state/console_page';
import type {Filter} from 'src/state/conversation_list';
import {Conversations} from 'src/state/conversations';
import type {Notice} from 'src/state/notice';
import {Store} from 'src/state/store';
import type {PluginStore} from 'src/types/mattermost_webapp';

/** A text that could not be posted: the customer would not have received it or, with `mention`, would have read a call to a colleague. */
export type RefusedText = {channelId: string; rootId: string; message: string; fileIds: string[]; mention?: boolean};

/**
 * What the popup of a start begins with: the channel it was opened in, and what was typed behind the command; '' = nothing. failed is a
 * scheduled start that it is filled in with, and that is taken off the list once it is started.
 */
export type Starting = {channelId: string; phone: string; name: string; failed?: Scheduled};

/** What the right-hand side shows: the customer of a conversation; '' = the list, or what is behind one of its buttons. */
export type Pane = {conversationId: string; results?: boolean; replies?: boolean; scheduled?: boolean};

/** Everything that our components have in common. There is one for the whole web client, made when the plugin is initialized. */
export type Services = {
    api: AgentApi;
    adminApi: AdminApi;
    mattermost: MattermostApi;
    changeFeed: ChangeFeed;
    clock: Clock;
    conversations: Conversations;
    channels: Channels;
    tryAction: TryAction;
    runCommand: RunCommand;

    /** The web client's own state. */
    reduxStore: PluginStore;

    /** What went wrong last; shown above the page. */
    notice: Store<Notice | null>;
    pane: Store<Pane>;

    /** What the list shows. It outlives the list, so that the reader comes back from a customer to the same list, and a link can set it. */
    listFilter: Store<Filter>;

    /** The popup of a start; null while it is closed. */
    starting: Store<Starting | null>;

    /** Opens the right-hand side; set once it is registered. */
    showPane: () => void;

    /** Closes it, unless it shows something that is not ours. */
    hidePane: () => void;

    /** Channels in which the next text becomes an internal note. */
    notes: Store<ReadonlySet<string>>;
    refused: Store<RefusedText | null>;

    /** Only inside our page of the System Console, which adds it. readOnly: the admin may look, but not change anything. */
    console?: {page: ConsolePage; readOnly: boolean};
};

export function makeServices(reduxStore: PluginStore, client: Client): Services {
    const api = new AgentApi(client);
    const changeFeed = new ChangeFeed();
    const conversations = new Conversations(api, changeFeed);
    const notice = new Store<Notice | null>(null);
    const tryAction = actionRunner(notice);
    return {
        api,
        adminApi: new AdminApi(client),
        mattermost: new MattermostApi(client),
        changeFeed,
        clock: new Clock(() => api.overview({mine: '1'})), // the least that has the time in it
        conversations,
        channels: new Channels(api, conversations, (id) => {
            const user = reduxStore.getState().entities.users?.profiles[id];
            return Boolean(user && !user.is_bot);
        }),
        tryAction,
        runCommand: commandRunner(reduxStore, client, tryAction),
        reduxStore,
        notice,
        pane: new Store<Pane>({conversationId: ''}),
        listFilter: new Store<Filter>({tab: 'serving', scope: 'all', q: ''}),
        starting: new Store<Starting | null>(null),
        showPane: () => {},
        hidePane: () => {},
        notes: new Store<ReadonlySet<string>>(new Set()),
        refused: new Store<RefusedText | null>(null),
    };
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
    const services = useContext(ServicesContext);
    if (!services) {
        throw new Error('a component of ours was registered without withServices');
    }
    return services;
}

/** Gives a component the services. Each registered component needs it: the web client renders it with nothing of ours around it. */
export function withServices<P extends object>(services: Services, Component: ComponentType<P>): ComponentType<P> {
    return (props: P) => (
        <ServicesContext.Provider value={services}>
            <Component {...props}/>
        </ServicesContext.Provider>
    );
}

/** Chooses whether the next text in a channel becomes an internal note. */
export function setNotes({notes}: Services, channelId: string, on: boolean) {
    const channels = new Set(notes.get());
    if (on) {
        channels.add(channelId);
    } else {
        channels.delete(channelId);
    }
    notes.set(channels);
}
