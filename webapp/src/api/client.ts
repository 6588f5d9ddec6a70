import type {CommandArgs, CommandResponse} from '@mattermost/types/integrations';

/**
 * A response of the server that is no success. `message` is the server's text in the user's language, empty where it sent none;
 * `fields` has a text for each field of a form that is wrong, by the field's name; `code` is the plugin's word for the refusal.
 */
export class ServerError extends Error {
    constructor(message: string, readonly status: number, readonly fields: Record<string, string> = {}, readonly code = '') {
        super(message);
        this.name = 'ServerError';
    }
}

/** The plugin puts the message into `error`; Mattermost's own API has it at the top. */
type ErrorBody = {message?: string; error?: {code?: string; message?: string; fields?: Record<string, string>}};

/**
 * Sends requests to the Mattermost server that this page came from. Written by hand because `@mattermost/client` is many times the size
 * of the whole bundle. Requests reject with a `ServerError` for a response that is no success, and with what `fetch` throws where there
 * was no response.
 */
export class Client {
    /** basePath is the path under which the server is served, without a slash at the end; `''` for the root. */
    constructor(readonly basePath = '') {}

    /** Runs a slash command as the user in the given channel. A text that the command returns reaches the channel by itself. */
    executeCommand(command: string, args: CommandArgs) {
        return this.request<Partial<CommandResponse>>('POST', '/api/v4/commands/execute', {command, ...args});
    }

    /** A body that is no file is sent as JSON. */
    async request<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
        const response = await this.fetch(method, path, body, headers);
        const content = await response.json().catch(() => null);
        if (!response.ok || content === null) {
            throw failure(content, response.status);
        }
        return content;
    }

    /** Fetches a file, for example text/csv; with a body by a POST. */
    async file(path: string, type: string, body?: object): Promise<Blob> {
        const response = await this.fetch(body ? 'POST' : 'GET', path, body, {Accept: type});
        if (!response.ok) {
            throw failure(await response.json().catch(() => null), response.status);
        }
        return response.blob();
    }

    private fetch(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
        const file = body instanceof Blob;
        return fetch(this.basePath + path, {
            method,
            headers: {
                ...(body === undefined ? {} : {'Content-Type': file ? body.type : 'application/json'}),
                'X-CSRF-Token': csrfToken(document.cookie),
                'X-Requested-With': 'XMLHttpRequest',
                ...headers,
            },
            body: file ? body : JSON.stringify(body),
        });
    }
}

function failure(content: ErrorBody | null, status: number) {
    return new ServerError(content?.error?.message ?? content?.message ?? '', status, content?.error?.fields, content?.error?.code);
}

function csrfToken(cookies: string): string {
    const name = 'MMCSRF=';
    const cookie = cookies.split(';').map((c) => c.trim()).find((c) => c.startsWith(name));
    return cookie?.slice(name.length) ?? '';
}
