import {act, cleanup, fireEvent, render, screen} from '@testing-library/react';
import React from 'react';
import {Client} from 'src/api/client';
import {Notice} from 'src/components/shared/notice';
import {translations} from 'src/i18n';
import {manifest} from 'src/manifest';
import {makeServices, withServices} from 'src/services';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';

import type {Channel} from '@mattermost/types/channels';

import {FakeWebClient} from '../../test/fake_web_client';

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

/** A web client with one button, which has the server open a dialog. */
function begin() {
    client = new FakeWebClient(manifest.id, 'team2');
    const services = makeServices(client.store, new Client(window.basename));
    client.registry.registerTranslations(translations);
    client.registry.registerRootComponent(withServices(services, Notice));
    const run = (on?: Channel) => services.runCommand('/whatsapp modelo', on!, 'whatsapp-ativo.action.failed');
    client.registry.registerChannelHeaderButtonAction(<i/>, run, '', 'Enviar modelo');
}

beforeEach(() => {
    fetchSpy.mockClear();
    vi.stubGlobal('fetch', fetchSpy);
    document.cookie = 'MMUSERID=u1';
    document.cookie = 'MMCSRF=csrf1';
    respond = () => json({trigger_id: 'trigger1'});
    begin();
});

afterEach(() => {
    cleanup();
    delete window.basename;
});

test('runs the command in the channel on screen, as the user', async () => {
    show();
    await click('Enviar modelo');

    expect(sent()).toEqual([{command: '/whatsapp modelo', channel_id: 'channel1', team_id: 'team1'}]);
    expect(fetchSpy).toHaveBeenCalledWith('/api/v4/commands/execute', expect.objectContaining({
        method: 'POST',
        headers: {'Content-Type': 'application/json', 'X-CSRF-Token': 'csrf1', 'X-Requested-With': 'XMLHttpRequest'},
    }));
    expect(screen.getByRole('alert').textContent).toBe('');
});

test('a channel of no team takes the team on screen', async () => {
    show({channel: directChannel});
    await click('Enviar modelo');
    expect(sent()).toEqual([{command: '/whatsapp modelo', channel_id: 'direct1', team_id: 'team2'}]);
});

test('the dialog of this click opens, that of another client does not', async () => {
    show();
    await click('Enviar modelo');
    act(() => client.receiveDialog({trigger_id: 'trigger0', title: 'Outro'}));
    expect(screen.queryByRole('dialog')).toBeNull();
    act(() => client.receiveDialog({trigger_id: 'trigger1', title: 'Enviar modelo'}));
    expect(screen.getByRole('dialog').textContent).toBe('Enviar modelo');
});

test('a response without a dialog is no error: the server has written its text into the channel', async () => {
    respond = () => json({text: 'Você não está em nenhuma fila.', response_type: 'ephemeral'});
    show();
    await click('Enviar modelo');
    expect(screen.getByRole('alert').textContent).toBe('');
});

test('a second click while the first is under way does nothing, a later click does', async () => {
    let finish: (response: Response) => void = () => {};
    respond = () => new Promise((resolve) => {
        finish = resolve;
    });
    show();
    await click('Enviar modelo');
    await click('Enviar modelo');
    expect(sent()).toHaveLength(1);

    await act(async () => finish(new Response('{}')));
    await click('Enviar modelo');
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
        await click('Enviar modelo');
        const alert = screen.getByRole('alert').textContent;
        expect(alert).toContain('Não foi possível fazer isso');
        expect(alert).toContain(text);
    });

    test('is shown in English to people who do not read Portuguese', async () => {
        respond = () => json({}, 500);
        show({channel, locale: 'de'});
        await click('Enviar modelo');
        expect(screen.getByRole('alert').textContent).toContain('The server answered with code 500.');
    });

    test('stays until it is closed', async () => {
        respond = () => json({}, 500);
        show();
        await click('Enviar modelo');
        await click('Fechar aviso');
        expect(screen.getByRole('alert').textContent).toBe('');
    });

    test('goes away when the next try works', async () => {
        respond = () => json({}, 500);
        show();
        await click('Enviar modelo');
        respond = () => json({trigger_id: 'trigger2'});
        await click('Enviar modelo');
        expect(screen.getByRole('alert').textContent).toBe('');
    });
});

test('the request goes to the path the server is served under', async () => {
    window.basename = '/chat';
    begin();
    show();
    await click('Enviar modelo');
    expect(fetchSpy).toHaveBeenCalledWith('/chat/api/v4/commands/execute', expect.anything());
});
