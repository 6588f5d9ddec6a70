import React, {useSyncExternalStore} from 'react';
import type {ComponentType, ReactElement, ReactNode} from 'react';
import {IntlProvider, useIntl} from 'react-intl';
import {Provider, useSelector} from 'react-redux';
import {combineReducers, createStore} from 'redux';
import type {Reducer, UnknownAction} from 'redux';
import type {MessageKey} from 'src/i18n';
import type {AppBarComponent, ChannelAction, ChannelIcon, CommandVerdict, ComposerPlaceholder, CustomSettingProps, MessageVerdict, PluginRegistry, PluginStore} from 'src/types/mattermost_webapp';

import type {Channel} from '@mattermost/types/channels';
import type {CommandArgs} from '@mattermost/types/integrations';
import type {Post} from '@mattermost/types/posts';

import {fakeEntities} from './fake_entities';

type HeaderButton = {icon: ReactElement; action: ChannelAction; text: ReactNode};
type Dialog = {trigger_id: string; title: string};
type DialogState = {entities: {integrations: {dialogTriggerId: string; dialog: Dialog | null}}};

/** Events of a plugin, by name. */
type Handlers = Record<string, (event: {data: never}) => void>;

/**
 * What the Mattermost web client does with the things we register, as far as we use it: the store, the registry, the rule that a
 * dialog opens only in the client that knows its trigger id, and a page with the buttons. The web client hides the header button
 * where the app bar is shown; here both are on the page.
 */
export class FakeWebClient {
    readonly store: PluginStore;
    readonly registry: Required<PluginRegistry>;
    headerButtons: HeaderButton[] = [];
    appBar: AppBarComponent[] = [];
    roots: ComponentType[] = [];
    settings: Array<ComponentType<CustomSettingProps>> = [];
    sides: Array<{component: ComponentType; title: ReactNode}> = [];
    banners: Array<ComponentType<{channel?: Channel}>> = [];
    attachments: Array<ComponentType<{postId: string}>> = [];
    postTypes: Record<string, ComponentType<{post: Post}>> = {};
    placeholder?: ComposerPlaceholder;
    channelIcons: ChannelIcon[] = [];
    command: (message: string, args: CommandArgs) => Promise<CommandVerdict> = async (message, args) => ({message, args});
    hook: (post: Post) => Promise<MessageVerdict> = async (post) => ({post});
    reconnect: () => void = () => {};
    events: Handlers = {};
    private messages: (locale: string) => Record<string, string> = () => ({});
    private listeners = new Set<() => void>();
    private version = 0;

    constructor(readonly pluginId: string, readonly currentTeamId: string) {
        const reducers: Record<string, Reducer> = {entities: fakeEntities(currentTeamId), rhs: (state = '', action: UnknownAction) => side(state as string, action)};

        // Only the slices that the plugin reads exist here.
        this.store = createStore(combineReducers(reducers)) as unknown as PluginStore;
        this.registry = {
            registerTranslations: (translations) => {
                this.messages = translations;
                this.changed();
            },
            registerRightHandSidebarComponent: (component, title) => {
                const id = String(this.sides.push({component, title}) - 1);
                return {id, showRHSPlugin: {type: 'SHOW_RHS', id} as UnknownAction, hideRHSPlugin: {type: 'HIDE_RHS'}, toggleRHSPlugin: {type: 'TOGGLE_RHS', id} as UnknownAction};
            },
            registerChannelComposerBannerComponent: (component) => this.changed(this.banners.push(component)),
            registerComposerPlaceholder: (placeholder) => {
                this.placeholder = placeholder;
                return '';
            },
            registerChannelIconOverride: (icon) => this.changed(this.channelIcons.push(icon)),
            registerSlashCommandWillBePostedHook: (hook) => {
                this.command = hook;
                return '';
            },
            registerMessageWillBePostedHook: (hook) => {
                this.hook = hook;
                return '';
            },
            registerPostMessageAttachmentComponent: (component) => this.changed(this.attachments.push(component)),
            registerPostTypeComponent: (type, component) => {
                this.postTypes[type] = component;
                return '';
            },
            registerWebSocketEventHandler: (event, handler) => {
                this.events[event] = handler as Handlers[string];
            },
            registerReconnectHandler: (handler) => {
                this.reconnect = handler;
            },
            registerRootComponent: (component) => this.changed(this.roots.push(component)),
            registerAdminConsoleCustomSetting: (_key, component) => {
                this.changed(this.settings.push(component));
            },
            registerAppBarComponent: (component) => this.changed(this.appBar.push(component)),
            registerChannelHeaderButtonAction: (icon, action, _dropdownText, text) => this.changed(this.headerButtons.push({icon, action, text})),
        };
    }

    /** The websocket event `open_dialog`, which every client of the user receives. */
    receiveDialog(dialog: Dialog) {
        this.store.dispatch({type: 'RECEIVED_DIALOG', data: dialog});
    }

    /** The page. Without a channel it is one like Threads or Drafts. */
    Page = ({locale, channel}: {locale: string; channel?: Channel}) => {
        useSyncExternalStore(this.subscribe, () => this.version);
        return (
            <IntlProvider
                locale={locale}
                messages={this.messages(locale)}
            >
                <Provider store={this.store}>
                    <header className='channel-header'>
                        <h1>{channel?.display_name}</h1>
                        {this.headerButtons.map((button, i) => (
                            <HeaderIcon
                                key={i}
                                {...button}
                                onClick={() => button.action(channel)}
                            />
                        ))}
                    </header>
                    <aside className='app-bar'>
                        {this.appBar.map((component, i) => (
                            <button
                                key={i}
                                className='app-bar__icon'
                                onClick={() => component.action(channel)}
                            >
                                <img
                                    src={component.iconUrl}
                                    alt={this.pluginId}
                                />
                            </button>
                        ))}
                    </aside>
                    {this.roots.map((Root, i) => <Root key={i}/>)}
                    <InteractiveDialog/>
                </Provider>
            </IntlProvider>
        );
    };

    /** The plugin's page in the System Console: one form around all settings, as the web client has it. Its attribute data-saved says that it was submitted. */
    ConsolePage = ({locale, disabled}: {locale: string; disabled?: boolean}) => {
        useSyncExternalStore(this.subscribe, () => this.version);
        return (
            <IntlProvider
                locale={locale}
                messages={this.messages(locale)}
            >
                <Provider store={this.store}>
                    <main className='admin-console'>
                        <h1>{this.pluginId}</h1>
                        <form
                            aria-label='settings'
                            onSubmit={(e) => {
                                e.preventDefault();
                                e.currentTarget.dataset.saved = 'true';
                            }}
                        >
                            {this.settings.map((Setting, i) => (
                                <Setting
                                    key={i}
                                    disabled={disabled}
                                />
                            ))}
                            <button type='submit'>{'Save'}</button>
                        </form>
                    </main>
                </Provider>
            </IntlProvider>
        );
    };

    /** The texts of a locale, for pages of other files. */
    texts = (locale: string) => this.messages(locale);

    private subscribe = (listener: () => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };

    private changed(id = 0) {
        this.version++;
        this.listeners.forEach((listener) => listener());
        return String(id);
    }
}

/** Names the button as the web client does: from a string or from the id of a FormattedMessage. */
const HeaderIcon = ({icon, text, onClick}: HeaderButton & {onClick: () => void}) => {
    const intl = useIntl();
    const label = React.isValidElement<{id: MessageKey}>(text) ? intl.formatMessage({id: text.props.id}) : String(text);
    return (
        <button
            className='channel-header__icon'
            aria-label={label}
            onClick={onClick}
        >
            {icon}
        </button>
    );
};

const InteractiveDialog = () => {
    const {dialog, dialogTriggerId} = useSelector((state: DialogState) => state.entities.integrations);
    const open = dialog && dialog.trigger_id === dialogTriggerId;
    return open && (
        <div
            className='interactive-dialog'
            role='dialog'
        >
            {dialog.title}
        </div>
    );
};

/** The right-hand side that is open, '' = none. */
function side(open: string, action: UnknownAction) {
    switch (action.type) {
    case 'SHOW_RHS':
        return action.id;
    case 'HIDE_RHS':
        return '';
    case 'TOGGLE_RHS':
        return open === action.id ? '' : action.id;
    default:
        return open;
    }
}
