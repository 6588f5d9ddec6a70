import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';

/** A request for a slash command, as the server saw it. */
export type Executed = {path: string; body: unknown};

const csrfToken = 'csrf1';
const html = readFileSync(new URL('host.html', import.meta.url));

/**
 * Serves the host page under the path /chat, and takes slash commands the way a Mattermost server does: without the CSRF token of
 * the cookie, or from something that does not say it is the web client, it answers 401.
 */
export async function startHostServer(scripts: Record<string, string>) {
    const executed: Executed[] = [];
    const host = {executed, answer: {status: 200, body: {} as object}, url: '', close: () => server.close()};

    const server = createServer(async (request, response) => {
        const path = String(request.url).split('?')[0] ?? '';
        const script = scripts[path.replace('/chat/', '')];
        if (path === '/chat/') {
            response.setHeader('Set-Cookie', [`MMCSRF=${csrfToken}; Path=/chat`, 'MMUSERID=u1; Path=/chat']);
            response.setHeader('Content-Type', 'text/html');
            response.end(html);
        } else if (script) {
            response.setHeader('Content-Type', 'text/javascript');
            response.end(script);
        } else if (request.method === 'POST') {
            executed.push({path, body: JSON.parse(await text(request))});
            const {status, body} = trusted(request) ? host.answer : {status: 401, body: {message: 'no session'}};
            response.writeHead(status, {'Content-Type': 'application/json'});
            response.end(JSON.stringify(body));
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
