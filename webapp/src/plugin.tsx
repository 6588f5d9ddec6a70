import React from 'react';
import {FormattedMessage} from 'react-intl';
import {startConversation} from 'src/actions/start_conversation';
import {Client} from 'src/client';
import {administration} from 'src/components/administration/administration';
import {StartConversationIcon} from 'src/components/icons/start_conversation_icon';
import {Notice} from 'src/components/notice/notice';
import {translations} from 'src/i18n';
import {reducer} from 'src/reducer';
import type {PluginRegistry, PluginStore} from 'src/types/mattermost_webapp';

import type {Channel} from '@mattermost/types/channels';

import iconUrl from '../../assets/icon.svg?inline';

/** The web client part. It only registers: a method that this version of the web client does not have is left out. */
export class Plugin {
    initialize(registry: PluginRegistry, store: PluginStore) {
        registry.registerTranslations?.(translations);
        registry.registerReducer?.(reducer);
        registry.registerRootComponent?.(Notice);

        const client = new Client(window.basename);
        const start = startConversation(store, client);
        const action = (channel?: Channel) => {
            start(channel);
        };

        // The web client reads the button's aria label out of a FormattedMessage of its own react-intl, and out of nothing else.
        const text = <FormattedMessage id='whatsapp-ativo.start.action'/>;

        // Where the app bar is shown, the web client leaves out the header button of a plugin that is in it.
        registry.registerChannelHeaderButtonAction?.(<StartConversationIcon/>, action, text, text);
        registry.registerAppBarComponent?.({iconUrl, action, tooltipText: text});

        // The setting of plugin.json under which our part of the System Console is shown. It holds no value.
        registry.registerAdminConsoleCustomSetting?.('Administration', administration(client), {showTitle: false});
    }
}
