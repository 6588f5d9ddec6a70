import React from 'react';
import * as ReactDOM from 'react-dom';
import {createRoot} from 'react-dom/client';
import * as ReactIntl from 'react-intl';
import * as ReactRedux from 'react-redux';
import * as Redux from 'redux'; // eslint-disable-line no-restricted-imports

import type {Channel} from '@mattermost/types/channels';

import {ChatPage} from './chat_page';
import {setEntities} from './fake_entities';
import {FakeWebClient} from './fake_web_client';

/**
 * The page that takes the place of the Mattermost web client: `?theme=dark&locale=en`, with `&page=console` of its System Console, with
 * `&team=&channel=` in a channel that there is, with `&page=chat` a conversation's channel. `&old=1` is a server before 11.9.
 */
const query = new URLSearchParams(window.location.search);
const client = new FakeWebClient('whatsapp-ativo', query.get('team') ?? 'team1');
const channel = {id: query.get('channel') ?? 'channel1', team_id: query.get('team') ?? 'team1', display_name: 'Fila Vendas'} as Channel;

if (query.has('old')) {
    const later = client.registry as {registerChannelComposerBannerComponent?: unknown; registerChannelIconOverride?: unknown; registerComposerPlaceholder?: unknown};
    delete later.registerChannelComposerBannerComponent;
    delete later.registerChannelIconOverride;
    delete later.registerComposerPlaceholder;
}

document.body.classList.toggle('dark', query.get('theme') === 'dark');

Object.assign(window, {
    React,
    ReactDOM,
    ReactIntl,
    ReactRedux,
    Redux,
    basename: window.location.pathname.replace(/\/$/, ''),
    client,
    setEntities,
    WebappUtils: {browserHistory: {push: (path: string) => {
        document.body.dataset.path = path;
    }}},
    registerPlugin: (_id: string, plugin: {initialize: (registry: object, store: object) => void}) => {
        plugin.initialize(client.registry, client.store);
    },
});

const locale = query.get('locale') ?? 'pt-BR';
document.documentElement.lang = locale;
client.store.dispatch(setEntities({users: {profiles: {u1: {id: 'u1', locale, roles: query.get('roles') ?? 'system_user'}}}}));

const pages: Record<string, () => React.ReactNode> = {
    console: () => (
        <client.ConsolePage
            locale={locale}
            disabled={query.get('disabled') === '1'}
        />
    ),
    chat: () => (
        <ChatPage
            client={client}
            locale={locale}
        />
    ),
};
const page = pages[query.get('page') ?? ''] ?? (() => (
    <client.Page
        locale={locale}
        channel={channel}
    />
));

// The chat's page is rendered when the plugin has registered its components, as in the web client.
const draw = () => createRoot(document.getElementById('root')!).render(page());
if (query.get('page') === 'chat') {
    window.addEventListener('load', draw);
} else {
    draw();
}
