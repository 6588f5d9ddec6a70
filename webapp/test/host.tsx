import React from 'react';
import * as ReactDOM from 'react-dom';
import {createRoot} from 'react-dom/client';
import * as ReactIntl from 'react-intl';
import * as ReactRedux from 'react-redux';
import * as Redux from 'redux'; // eslint-disable-line no-restricted-imports

import type {Channel} from '@mattermost/types/channels';

import {FakeWebClient} from './fake_web_client';

/**
 * The page that takes the place of the Mattermost web client: `?theme=dark&locale=en`, with `&page=console` of its System Console, with
 * `&team=&channel=` in a channel that there is.
 */
const query = new URLSearchParams(window.location.search);
const client = new FakeWebClient('whatsapp-ativo', query.get('team') ?? 'team1');
const channel = {id: query.get('channel') ?? 'channel1', team_id: query.get('team') ?? 'team1', display_name: 'Fila Vendas'} as Channel;

document.body.classList.toggle('dark', query.get('theme') === 'dark');

Object.assign(window, {
    React,
    ReactDOM,
    ReactIntl,
    ReactRedux,
    Redux,
    basename: window.location.pathname.replace(/\/$/, ''),
    client,
    registerPlugin: (_id: string, plugin: {initialize: (registry: object, store: object) => void}) => {
        plugin.initialize(client.registry, client.store);
    },
});

const locale = query.get('locale') ?? 'pt-BR';
document.documentElement.lang = locale;

createRoot(document.getElementById('root')!).render(
    query.get('page') === 'console' ? (
        <client.ConsolePage
            locale={locale}
            disabled={query.get('disabled') === '1'}
        />
    ) : (
        <client.Page
            locale={locale}
            channel={channel}
        />
    ),
);
