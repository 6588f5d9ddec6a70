import React from 'react';
import {FormattedMessage} from 'react-intl';
import {startConversation} from 'src/actions/start_conversation';
import {Client} from 'src/api/client';
import {Banner} from 'src/components/banner/banner';
import {BannerOverComposer} from 'src/components/banner/banner_over_composer';
import {Console} from 'src/components/console/console';
import {Panel} from 'src/components/list/panel';
import {NotePost} from 'src/components/posts/note_post';
import {PostStatus} from 'src/components/posts/post_status';
import {Speaker} from 'src/components/posts/speaker';
import {TemplatePost} from 'src/components/posts/template_post';
import {VoiceNote} from 'src/components/posts/voice_note';
import {ListIcon} from 'src/components/shared/icons/list_icon';
import {StartConversationIcon} from 'src/components/shared/icons/start_conversation_icon';
import {Notice} from 'src/components/shared/notice';
import {StartPopup} from 'src/components/start/start_popup';
import {channelIcons} from 'src/hooks/channel_icon';
import {composerPlaceholder} from 'src/hooks/composer_placeholder';
import {messageWillBePosted} from 'src/hooks/message_will_be_posted';
import {slashCommandWillBePosted} from 'src/hooks/slash_command';
import {translations} from 'src/i18n';
import {manifest} from 'src/manifest';
import {makeServices, withServices} from 'src/services';
import type {Services} from 'src/services';
import {linkedFilter} from 'src/state/list_link';
import {typeNote, typeTemplate} from 'src/state/post_types';
import {cleanDrafts} from 'src/state/start_draft';
import type {PluginRegistry, PluginStore} from 'src/types/mattermost_webapp';

import type {Channel} from '@mattermost/types/channels';

import iconUrl from '../../assets/icon.svg?inline';
import listIconUrl from '../../assets/list.svg?inline';

/** The web part of the plugin. It only registers; what this version of the web client has no method for is left out. */
export class Plugin {
    initialize(registry: PluginRegistry, reduxStore: PluginStore) {
        const services = makeServices(reduxStore, new Client(window.basename));
        cleanDrafts();
        registry.registerTranslations?.(translations);
        registry.registerRootComponent?.(withServices(services, Notice));
        registerStart(registry, services);
        registerList(registry, services);
        registerChannel(registry, services);

        // The setting of plugin.json in whose place our part of the System Console is shown. It holds no value.
        registry.registerAdminConsoleCustomSetting?.('Administration', withServices(services, Console), {showTitle: false});
    }
}

function registerStart(registry: PluginRegistry, services: Services) {
    const action = (channel?: Channel) => {
        startConversation(services, channel);
    };

    registry.registerRootComponent?.(withServices(services, StartPopup));
    registry.registerSlashCommandWillBePostedHook?.(slashCommandWillBePosted(services));

    // The web client reads the button's aria label out of a FormattedMessage of its own react-intl, and out of nothing else.
    const text = <FormattedMessage id='whatsapp-ativo.start.action'/>;

    // Where the app bar is shown, the web client leaves out the header buttons of plugins that are in it.
    registry.registerChannelHeaderButtonAction?.(<StartConversationIcon/>, action, text, text);
    registry.registerAppBarComponent?.({iconUrl, action, tooltipText: text});
}

function registerList(registry: PluginRegistry, services: Services) {
    const {changeFeed, reduxStore, pane} = services;
    const title = <FormattedMessage id='whatsapp-ativo.list.title'/>;
    const sidebar = registry.registerRightHandSidebarComponent?.(withServices(services, Panel), title);
    if (sidebar) {
        services.showPane = () => {
            reduxStore.dispatch(sidebar.showRHSPlugin);
        };
        services.hidePane = () => {
            reduxStore.dispatch(sidebar.hideRHSPlugin);
        };
        const toggle = () => {
            pane.set({conversationId: ''});
            reduxStore.dispatch(sidebar.toggleRHSPlugin);
        };
        followLink(services);
        registry.registerChannelHeaderButtonAction?.(<ListIcon/>, toggle, title, title);
        registry.registerAppBarComponent?.({iconUrl: listIconUrl, action: toggle, tooltipText: title});
    }
    registry.registerWebSocketEventHandler?.<{id?: string}>(`custom_${manifest.id}_conversation`, ({data}) => changeFeed.notify(data.id ?? ''));

    // Nobody knows which events the socket missed while it was not connected.
    registry.registerReconnectHandler?.(() => changeFeed.notify(''));
}

/** Opens the list that the page's address asks for, now and whenever it changes. */
function followLink({listFilter, pane, showPane}: Services) {
    const follow = () => {
        const filter = linkedFilter(window.location.hash);
        if (filter) {
            listFilter.set(filter);
            pane.set({conversationId: ''});
            showPane();
        }
    };
    window.addEventListener('hashchange', follow);
    follow();
}

function registerChannel(registry: PluginRegistry, services: Services) {
    if (registry.registerChannelComposerBannerComponent) {
        registry.registerChannelComposerBannerComponent(withServices(services, Banner));
    } else {
        registry.registerRootComponent?.(withServices(services, BannerOverComposer));
    }
    channelIcons(services).forEach((icon) => registry.registerChannelIconOverride?.(icon));
    registry.registerComposerPlaceholder?.(composerPlaceholder(services));
    registry.registerMessageWillBePostedHook?.(messageWillBePosted(services));
    registry.registerPostMessageAttachmentComponent?.(Speaker);
    registry.registerPostMessageAttachmentComponent?.(VoiceNote);
    registry.registerPostMessageAttachmentComponent?.(withServices(services, PostStatus));
    registry.registerPostTypeComponent?.(typeTemplate, withServices(services, TemplatePost));
    registry.registerPostTypeComponent?.(typeNote, NotePost);
}
