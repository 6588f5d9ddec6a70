import {slashCommandWillBePosted} from 'src/hooks/slash_command';
import type {Services, Starting} from 'src/services';
import {Store} from 'src/state/store';
import {expect, test} from 'vitest';

const args = {channel_id: 'channel1', team_id: 'team1'};

async function type(message: string) {
    const starting = new Store<Starting | null>(null);
    const verdict = await slashCommandWillBePosted({starting} as Services)(message, args);
    return {verdict, starting: starting.get()};
}

test.each([
    ['/whatsapp novo', '', ''],
    ['/WhatsApp NEW ', '', ''],
    ['/whatsapp novo 11 98765-4321 José da Silva', '11 98765-4321', 'José da Silva'],
    ['/whatsapp novo (11) 98765-4321', '(11) 98765-4321', ''],
    ['/whatsapp novo +55 11 98765-4321 José', '+55 11 98765-4321', 'José'],
    ['/whatsapp new https://wa.me/5511987654321 Ana', 'https://wa.me/5511987654321', 'Ana'],
    ['/whatsapp novo José', '', 'José'],
])('%s opens the popup', async (message, phone, name) => {
    expect(await type(message)).toEqual({verdict: {}, starting: {channelId: 'channel1', phone, name}});
});

test.each(['/whatsapp', '/whatsapp novos', '/whatsapp modelo', '/outro novo', 'whatsapp novo'])('%s goes to the server', async (message) => {
    expect(await type(message)).toEqual({verdict: {message, args}, starting: null});
});
