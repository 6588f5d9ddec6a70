import React from 'react';
import {FormattedMessage} from 'react-intl';
import {startConversation} from 'src/actions/start_conversation';
import {Client} from 'src/client';
import {administration} from 'src/components/administration/administration';
import {Banner} from 'src/components/banner/banner';
import {BannerOverComposer} from 'src/components/banner/banner_over_composer';
import {Panel} from 'src/components/conversations/panel';
import {ListIcon} from 'src/components/icons/list_icon';
import {StartConversationIcon} from 'src/components/icons/start_conversation_icon';
import {Notice} from 'src/components/notice/notice';
import {NotePost} from 'src/components/posts/note_post';
import {TemplatePost} from 'src/components/posts/template_post';
import {Ticks} from 'src/components/posts/ticks';
import {composerPlaceholder} from 'src/hooks/composer_placeholder';
import {messageWillBePosted} from 'src/hooks/message_will_be_posted';
import {translations} from 'src/i18n';
import {typeNote, typeTemplate} from 'src/live/channel';
import {manifest} from 'src/manifest';
import {makeParts, withParts} from 'src/parts';
import type {Parts} from 'src/parts';
import {reducer} from 'src/reducer';
import type {PluginRegistry, PluginStore} from 'src/types/mattermost_webapp';

import type {Channel} from '@mattermost/types/channels';

import iconUrl from '../../assets/icon.svg?inline';
import listIconUrl from '../../assets/list.svg?inline';

/** The web client part. It only registers: a method that this version of the web client does not have is left out. */
export class Plugin {
    initialize(registry: PluginRegistry, store: PluginStore) {
        registry.registerTranslations?.(translations);
        registry.registerReducer?.(reducer);
        registry.registerRootComponent?.(Notice);

        const client = new Client(window.basename);
        const parts = makeParts(store, client);
        registerStart(registry, parts);
        registerList(registry, parts);
        registerChannel(registry, parts);

        // The setting of plugin.json under which our part of the System Console is shown. It holds no value.
        registry.registerAdminConsoleCustomSetting?.('Administration', administration(client), {showTitle: false});
    }
}

function registerStart(registry: PluginRegistry, parts: Parts) {
    const start = startConversation(parts.store, parts.run);
    const action = (channel?: Channel) => {
        start(channel);
    };

    // The web client reads the button's aria label out of a FormattedMessage of its own react-intl, and out of nothing else.
    const text = <FormattedMessage id='whatsapp-ativo.start.action'/>;

    // Where the app bar is shown, the web client leaves out the header button of a plugin that is in it.
    registry.registerChannelHeaderButtonAction?.(<StartConversationIcon/>, action, text, text);
    registry.registerAppBarComponent?.({iconUrl, action, tooltipText: text});
}

function registerList(registry: PluginRegistry, parts: Parts) {
    const {feed, store, pane} = parts;
    const title = <FormattedMessage id='whatsapp-ativo.list.title'/>;
    const side = registry.registerRightHandSidebarComponent?.(withParts(parts, Panel), title);
    if (side) {
        parts.showPane = () => {
            store.dispatch(side.showRHSPlugin);
        };
        const toggle = () => {
            pane.set({conversationId: ''});
            store.dispatch(side.toggleRHSPlugin);
        };
        registry.registerChannelHeaderButtonAction?.(<ListIcon/>, toggle, title, title);
        registry.registerAppBarComponent?.({iconUrl: listIconUrl, action: toggle, tooltipText: title});
    }
    registry.registerWebSocketEventHandler?.<{id?: string}>(`custom_${manifest.id}_conversation`, ({data}) => feed.changed(data.id ?? ''));

    // What happened while the socket was away is not known.
    registry.registerReconnectHandler?.(() => feed.changed(''));
}

function registerChannel(registry: PluginRegistry, parts: Parts) {
    if (registry.registerChannelComposerBannerComponent) {
        registry.registerChannelComposerBannerComponent(withParts(parts, Banner));
    } else {
        registry.registerRootComponent?.(withParts(parts, BannerOverComposer));
    }
    registry.registerComposerPlaceholder?.(composerPlaceholder(parts));
    registry.registerMessageWillBePostedHook?.(messageWillBePosted(parts));
    registry.registerPostMessageAttachmentComponent?.(withParts(parts, Ticks));
    registry.registerPostTypeComponent?.(typeTemplate, withParts(parts, TemplatePost));
    registry.registerPostTypeComponent?.(typeNote, NotePost);
}
