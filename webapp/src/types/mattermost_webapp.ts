import type {ComponentType, ReactElement, ReactNode} from 'react';
import type {Action, Store} from 'redux';

import type {Channel, ChannelMembership} from '@mattermost/types/channels';
import type {CommandArgs} from '@mattermost/types/integrations';
import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';

export type PluginStore = Store<GlobalState>;

/** Handles a click on a button of ours. The web client passes the channel on screen; undefined where there is none. */
export type ChannelAction = (channel?: Channel, member?: ChannelMembership) => void;

export type AppBarComponent = {
    iconUrl: string;
    action: ChannelAction;
    tooltipText: ReactNode;
};

/** What we use of what the System Console gives to a setting that a plugin renders. */
export type CustomSettingProps = {disabled?: boolean};

/** Actions of the web client that show and hide our right-hand sidebar. */
export type RightHandSide = {id: string; showRHSPlugin: Action; hideRHSPlugin: Action; toggleRHSPlugin: Action};

/** A websocket event of a plugin. */
export type PluginEvent<T> = {data: T};

/** Lets a post through, possibly changed, or keeps it in the composer and shows why. */
export type MessageVerdict = {post: Post} | {error: {message: string}};

/** Lets a slash command go to the server; an empty object means that it was dealt with. */
export type CommandVerdict = {message: string; args: CommandArgs} | Record<string, never>;

/** The placeholder of a channel's composer. */
export type ComposerPlaceholder = {transform: (placeholder: string, channel: Channel | undefined, state: GlobalState) => string};

/** Another icon for a channel in the sidebar. The names are those of the web client's own icons. */
export type ChannelIcon = {matcher: (channel: Channel, state: GlobalState) => boolean; iconName: string};

/**
 * The part of the web client's registry that we use. All methods are optional, because a server older than the one that brought a
 * method does not have it: each call is written `registry.method?.(…)`.
 */
export interface PluginRegistry {
    registerAdminConsoleCustomSetting?(key: string, component: ComponentType<CustomSettingProps>, options?: {showTitle: boolean}): void;
    registerAppBarComponent?(component: AppBarComponent): string;

    /** 11.9 and later. */
    registerChannelComposerBannerComponent?(component: ComponentType<{channel?: Channel}>): string;
    registerChannelHeaderButtonAction?(icon: ReactElement, action: ChannelAction, dropdownText: ReactNode, tooltipText: ReactNode): string;

    /** 11.9 and later. */
    registerChannelIconOverride?(icon: ChannelIcon): string;

    /** 11.9 and later. */
    registerComposerPlaceholder?(placeholder: ComposerPlaceholder): string;
    registerMessageWillBePostedHook?(hook: (post: Post) => Promise<MessageVerdict>): string;
    registerPostMessageAttachmentComponent?(component: ComponentType<{postId: string}>): string;
    registerPostTypeComponent?(type: string, component: ComponentType<{post: Post}>): string;
    registerReconnectHandler?(handler: () => void): void;
    registerRightHandSidebarComponent?(component: ComponentType, title: ReactNode): RightHandSide;
    registerRootComponent?(component: ComponentType): string;
    registerSlashCommandWillBePostedHook?(hook: (message: string, args: CommandArgs) => Promise<CommandVerdict>): string;
    registerTranslations?(translations: (locale: string) => Record<string, string>): void;
    registerWebSocketEventHandler?<T>(event: string, handler: (event: PluginEvent<T>) => void): void;
}
