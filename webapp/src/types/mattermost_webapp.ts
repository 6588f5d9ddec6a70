import type {ComponentType, ReactElement, ReactNode} from 'react';
import type {Action, Reducer, Store} from 'redux';

import type {Channel, ChannelMembership} from '@mattermost/types/channels';
import type {GlobalState} from '@mattermost/types/store';

export type PluginStore = Store<GlobalState>;

/** A click on a button of ours. The web client gives the channel that is on screen, nothing where there is none. */
export type ChannelAction = (channel?: Channel, member?: ChannelMembership) => void;

export type AppBarComponent = {
    iconUrl: string;
    action: ChannelAction;
    tooltipText: ReactNode;
};

/** What the System Console gives to a setting that a plugin draws, as far as we use it. */
export type CustomSettingProps = {disabled?: boolean};

/**
 * The part of the web client's registry that we use. All optional: a method is absent on servers older than the one that brought
 * it, so each call is written `registry.method?.(…)`.
 */
export interface PluginRegistry {
    registerAdminConsoleCustomSetting?(key: string, component: ComponentType<CustomSettingProps>, options?: {showTitle: boolean}): void;
    registerAppBarComponent?(component: AppBarComponent): string;
    registerChannelHeaderButtonAction?(icon: ReactElement, action: ChannelAction, dropdownText: ReactNode, tooltipText: ReactNode): string;
    registerReducer?<S, A extends Action, P>(reducer: Reducer<S, A, P>): void;
    registerRootComponent?(component: ComponentType): string;
    registerTranslations?(translations: (locale: string) => Record<string, string>): void;
}
