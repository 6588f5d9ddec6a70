import {act, cleanup, fireEvent, render, screen} from '@testing-library/react';
import React from 'react';
import {FormattedMessage} from 'react-intl';
import {manifest} from 'src/manifest';
import {Plugin} from 'src/plugin';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';

import type {Channel} from '@mattermost/types/channels';

import {FakeWebClient} from '../test/fake_web_client';

const channel = {id: 'channel1', team_id: 'team1', display_name: 'Vendas'} as Channel;
const directChannel = {id: 'direct1', team_id: '', display_name: 'ana'} as Channel;

let client: FakeWebClient;
let respond: () => Promise<Response>;
const fetchSpy = vi.fn(() => respond());

const json = (body: unknown, status = 200) => Promise.resolve(new Response(JSON.stringify(body), {status}));

function show(props: {channel?: Channel; locale?: string} = {channel}) {
    render(
        <client.Page
            locale={props.locale ?? 'pt-BR'}
            channel={props.channel}
        />,
    );
}

async function click(name: string) {
    await act(async () => {
        fireEvent.click(screen.getAllByRole('button', {name})[0]!);
    });
}

const sent = () => fetchSpy.mock.calls.map((call: unknown[]) => JSON.parse((call[1] as {body: string}).body));

beforeEach(() => {
    fetchSpy.mockClear();
    vi.stubGlobal('fetch', fetchSpy);
    document.cookie = 'MMUSERID=u1';
    document.cookie = 'MMCSRF=csrf1';
    respond = () => json({trigger_id: 'trigger1'});
    client = new FakeWebClient(manifest.id, 'team2');
    new Plugin().initialize(client.registry, client.store);
});

afterEach(() => {
    cleanup();
    delete window.basename;
});

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

describe.each([
    ['header', 'Criar Atendimento'],
    ['app bar', manifest.id],
])('the %s button', (_where, name) => {
    test('runs the command in the channel on screen, as the user', async () => {
        show();
        await click(name);

        expect(sent()).toEqual([{command: '/whatsapp novo', channel_id: 'channel1', team_id: 'team1'}]);
        expect(fetchSpy).toHaveBeenCalledWith('/api/v4/commands/execute', expect.objectContaining({
            method: 'POST',
            headers: {'Content-Type': 'application/json', 'X-CSRF-Token': 'csrf1', 'X-Requested-With': 'XMLHttpRequest'},
        }));
        expect(screen.getByRole('alert').textContent).toBe('');
    });
});

test('a channel of no team takes the team on screen', async () => {
    show({channel: directChannel});
    await click('Criar Atendimento');
    expect(sent()).toEqual([{command: '/whatsapp novo', channel_id: 'direct1', team_id: 'team2'}]);
});

test('the dialog of this click opens, that of another client does not', async () => {
    show();
    await click('Criar Atendimento');
    act(() => client.receiveDialog({trigger_id: 'trigger0', title: 'Outro'}));
    expect(screen.queryByRole('dialog')).toBeNull();
    act(() => client.receiveDialog({trigger_id: 'trigger1', title: 'Criar Atendimento'}));
    expect(screen.getByRole('dialog').textContent).toBe('Criar Atendimento');
});

test('a response without a dialog is no error: the server has written its text into the channel', async () => {
    respond = () => json({text: 'Você não está em nenhuma fila.', response_type: 'ephemeral'});
    show();
    await click('Criar Atendimento');
    expect(screen.getByRole('alert').textContent).toBe('');
});

test('a second click while the first is under way does nothing, a later click does', async () => {
    let finish: (response: Response) => void = () => {};
    respond = () => new Promise((resolve) => {
        finish = resolve;
    });
    show();
    await click('Criar Atendimento');
    await click('Criar Atendimento');
    expect(sent()).toHaveLength(1);

    await act(async () => finish(new Response('{}')));
    await click('Criar Atendimento');
    expect(sent()).toHaveLength(2);
});

describe('an error', () => {
    const failures: Array<[string, () => Promise<Response>, string]> = [
        ['text of the server', () => json({message: 'Comando não encontrado.'}, 404), 'Comando não encontrado.'],
        ['no text', () => json({}, 500), 'O servidor respondeu com o código 500.'],
        ['no JSON', () => Promise.resolve(new Response('<html>', {status: 502})), 'O servidor respondeu com o código 502.'],
        ['a success that is no JSON', () => Promise.resolve(new Response('<html>')), 'O servidor respondeu com o código 200.'],
        ['no response', () => Promise.reject(new TypeError('Failed to fetch')), 'Não foi possível falar com o servidor.'],
    ];

    test.each(failures)('with %s is shown', async (_name, failing, text) => {
        respond = failing;
        show();
        await click('Criar Atendimento');
        const alert = screen.getByRole('alert').textContent;
        expect(alert).toContain('Não foi possível criar o atendimento');
        expect(alert).toContain(text);
    });

    test('is shown where no channel is on screen, and nothing is sent', async () => {
        show({});
        await click('Criar Atendimento');
        expect(screen.getByRole('alert').textContent).toContain('Abra um canal primeiro');
        expect(fetchSpy).not.toHaveBeenCalled();
    });

    test('is shown in English to people who do not read Portuguese', async () => {
        respond = () => json({}, 500);
        show({channel, locale: 'de'});
        await click('New conversation');
        expect(screen.getByRole('alert').textContent).toContain('The server answered with code 500.');
    });

    test('stays until it is closed', async () => {
        respond = () => json({}, 500);
        show();
        await click('Criar Atendimento');
        await click('Fechar aviso');
        expect(screen.getByRole('alert').textContent).toBe('');
    });

    test('goes away when the next try works', async () => {
        respond = () => json({}, 500);
        show();
        await click('Criar Atendimento');
        respond = () => json({trigger_id: 'trigger2'});
        await click('Criar Atendimento');
        expect(screen.getByRole('alert').textContent).toBe('');
    });
});

test('the request goes to the path the server is served under', async () => {
    window.basename = '/chat';
    client = new FakeWebClient(manifest.id, 'team2');
    new Plugin().initialize(client.registry, client.store);
    show();
    await click('Criar Atendimento');
    expect(fetchSpy).toHaveBeenCalledWith('/chat/api/v4/commands/execute', expect.anything());
});
