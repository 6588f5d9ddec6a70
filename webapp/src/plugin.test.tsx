import {act, cleanup, fireEvent, render, screen} from '@testing-library/react';
import React from 'react';
import {FormattedMessage} from 'react-intl';
import {manifest} from 'src/manifest';
import {Plugin} from 'src/plugin';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

import type {Channel} from '@mattermost/types/channels';

import {FakeStart} from '../test/fake_start';
import {FakeWebClient} from '../test/fake_web_client';

const channel = {id: 'channel1', team_id: 'team1', display_name: 'Vendas'} as Channel;

let client: FakeWebClient;
const start = new FakeStart();

beforeEach(() => {
    localStorage.clear();
    vi.stubGlobal('fetch', vi.fn(async (url: string, {method, body}: RequestInit) => {
        const [path = ''] = url.replace('/plugins/whatsapp-ativo/api/v1/', '').split('?');
        const answer = start.answer(String(method), path, new URLSearchParams(), JSON.parse(String(body ?? '{}')), '');
        return new Response(JSON.stringify(answer?.body ?? {}), {status: answer?.status ?? 404});
    }));
    client = new FakeWebClient(manifest.id, 'team2');
    new Plugin().initialize(client.registry, client.store);
});

afterEach(cleanup);

test('registers the header buttons and the app bar buttons', () => {
    expect(client.headerButtons).toHaveLength(2);
    expect(client.appBar).toHaveLength(2);
    expect(client.appBar[0]?.iconUrl).toMatch(/^data:image\/svg\+xml/);

    // The web client takes the aria label from this kind of element only.
    expect((client.headerButtons[0]?.text as {type: unknown}).type).toBe(FormattedMessage);
});

test('a web client without these methods is left alone', () => {
    expect(() => new Plugin().initialize({}, client.store)).not.toThrow();
});

test.each([
    ['header', 'Criar Atendimento', channel],
    ['app bar', manifest.id, channel],
    ['header where no channel is on screen', 'Criar Atendimento', undefined],
])('the %s button opens the popup', async (_where, name, on) => {
    render(
        <client.Page
            locale='pt-BR'
            channel={on}
        />,
    );
    await act(async () => {
        fireEvent.click(screen.getAllByRole('button', {name})[0]!);
    });
    expect(screen.getByRole('dialog').textContent).toContain('Modelo');
});

test('so does the command, filled in with what was typed', async () => {
    render(
        <client.Page
            locale='pt-BR'
            channel={channel}
        />,
    );
    await act(async () => {
        expect(await client.command('/whatsapp novo 11 98765-4321 José', {channel_id: 'channel1'})).toEqual({});
    });
    expect(screen.getByLabelText<HTMLInputElement>('Nome do cliente').value).toBe('José');
    expect(screen.getByLabelText<HTMLInputElement>('WhatsApp do cliente').value).toBe('11 98765-4321');
});

test('the sidebar shows a lock or a clock on conversations, and nothing on other channels', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => new Response('{"creator_id":"bot1"}')));
    client = new FakeWebClient(manifest.id, 'team2');
    new Plugin().initialize(client.registry, client.store);
    const icon = (creator: string, header: string) => client.channelIcons.find(({matcher}) => matcher({creator_id: creator, header} as Channel, client.store.getState()))?.iconName;
    icon('bot1', '\u{1F512} Aguardando'); // asks who the bot is
    await act(async () => {});
    expect(icon('bot1', '\u{1F512} Aguardando resposta')).toBe('lock-outline');
    expect(icon('bot1', '\u{1F7E2} Window open')).toBe('clock-outline');
    expect(icon('bot1', 'Encerrado')).toBeUndefined();
    expect(icon('u2', '\u{1F512} my own')).toBeUndefined();
});
