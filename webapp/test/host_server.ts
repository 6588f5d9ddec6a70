import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';

import {FakeConversations} from './fake_conversations';
import {FakeStart} from './fake_start';
import {emptyWorld} from './fake_world';

const pluginApi = '/chat/plugins/whatsapp-ativo/api/v1/';

/** Responses of Mattermost itself. */
const mattermost: Record<string, object> = {
    '/chat/api/v4/teams': [{id: 'team1', name: 'empresa', display_name: 'Empresa'}],
    '/chat/api/v4/channels/search': {channels: [{id: 'channel1', name: 'fila-vendas', display_name: 'Fila Vendas'}, {id: 'channel2', name: 'fila-suporte', display_name: 'Fila Suporte'}]},
    '/chat/api/v4/channels/channel1': {id: 'channel1', name: 'fila-vendas', display_name: 'Fila Vendas'},
    '/chat/api/v4/channels/channel2': {id: 'channel2', name: 'fila-suporte', display_name: 'Fila Suporte'},
    '/chat/api/v4/users/ids': [{id: 'u1', username: 'ana'}],
    '/chat/api/v4/users': [{id: 'u1', username: 'ana'}, {id: 'u2', username: 'bruno'}],
};

/** A request for a slash command, as the server saw it. */
export type Executed = {path: string; body: unknown};

const csrfToken = 'csrf1';
const html = readFileSync(new URL('host.html', import.meta.url));

/**
 * Serves the host page under the path /chat, and takes slash commands and REST requests as a Mattermost server does: a request
 * without the CSRF token of the cookie, or without the header that says it is the web client's, gets 401.
 */
export async function startHostServer(scripts: Record<string, string>) {
    const executed: Executed[] = [];
    const host = {api: emptyWorld(), chat: new FakeConversations(0), start: new FakeStart(), down: false, executed, answer: {status: 200, body: {} as object}, url: '', close: () => server.close()};

    const server = createServer(async (request, response) => {
        const [path = '', query] = String(request.url).split('?');
        const send = (status: number, body: object) => {
            response.writeHead(status, {'Content-Type': 'application/json'});
            response.end(JSON.stringify(body));
        };
        const script = scripts[path.replace('/chat/', '')];
        if (path === '/chat/') {
            response.setHeader('Set-Cookie', [`MMCSRF=${csrfToken}; Path=/chat`, 'MMUSERID=u1; Path=/chat']);
            response.setHeader('Content-Type', 'text/html');
            response.end(html);
        } else if (script) {
            response.setHeader('Content-Type', 'text/javascript');
            response.end(script);
        } else if (host.down) {
            response.destroy();
        } else if (path.startsWith('/chat/') && !trusted(request)) {
            send(401, {message: 'no session'});
        } else if (mattermost[path]) {
            send(200, mattermost[path]);
        } else if (path === `${pluginApi}ledger` && request.headers.accept === 'text/csv') {
            response.end('id,amount\r\nc1,0.04\r\n');
        } else if (path.startsWith(pluginApi)) {
            const sent = await text(request);
            const body = request.headers['content-type']?.startsWith('application/json') ? JSON.parse(sent || '{}') : {};
            const asked = [String(request.method), path.slice(pluginApi.length), new URLSearchParams(query), body] as const;
            const answer = host.start.answer(...asked, String(request.headers['idempotency-key'] ?? '')) ?? host.chat.answer(...asked) ?? host.api.answer(...asked);
            send(answer.status, answer.body);
        } else if (request.method === 'POST') {
            executed.push({path, body: JSON.parse(await text(request))});
            send(host.answer.status, host.answer.body);
        } else {
            response.writeHead(404).end();
        }
    });
    await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
    });
    host.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/chat/`;
    return host;
}

const trusted = ({headers}: IncomingMessage) => headers['x-csrf-token'] === csrfToken && headers['x-requested-with'] === 'XMLHttpRequest';
