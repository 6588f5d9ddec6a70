import type {CommandArgs, CommandResponse} from '@mattermost/types/integrations';

/**
 * An answer of the server that is no success. `message` is the server's text, in the user's language; empty where it sent none.
 * `fields` are texts for the fields of a form, by the field's name.
 */
export class ServerError extends Error {
    constructor(message: string, readonly status: number, readonly fields: Record<string, string> = {}) {
        super(message);
        this.name = 'ServerError';
    }
}

/** The plugin wraps what went wrong in `error`; Mattermost's own API does not. */
type ErrorAnswer = {message?: string; error?: {message?: string; fields?: Record<string, string>}};

/**
 * The Mattermost server this page came from. Small on purpose: `@mattermost/client` would be many times the size of the rest.
 * Rejects with a `ServerError` for an answer that is no success, and with what `fetch` throws where there was no answer.
 */
export class Client {
    /** basePath is the path the server is served under, `''` for the root, without a slash at the end. */
    constructor(readonly basePath = '') {}

    /** Runs a slash command as the user, in the given channel. An ephemeral text of the command reaches the channel by itself. */
    executeCommand(command: string, args: CommandArgs) {
        return this.request<Partial<CommandResponse>>('POST', '/api/v4/commands/execute', {command, ...args});
    }

    async request<T>(method: string, path: string, body?: unknown): Promise<T> {
        const response = await this.fetch(method, path, body);
        const answer = await response.json().catch(() => null);
        if (!response.ok || answer === null) {
            throw failure(answer, response.status);
        }
        return answer;
    }

    /** Fetches a file, for example text/csv. */
    async file(path: string, type: string): Promise<Blob> {
        const response = await this.fetch('GET', path, undefined, {Accept: type});
        if (!response.ok) {
            throw failure(await response.json().catch(() => null), response.status);
        }
        return response.blob();
    }

    private fetch(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
        return fetch(this.basePath + path, {
            method,
            headers: {
                ...(body === undefined ? {} : {'Content-Type': 'application/json'}),
                'X-CSRF-Token': csrfToken(document.cookie),
                'X-Requested-With': 'XMLHttpRequest',
                ...headers,
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
    }
}

function failure(answer: ErrorAnswer | null, status: number) {
    return new ServerError(answer?.error?.message ?? answer?.message ?? '', status, answer?.error?.fields);
}

function csrfToken(cookies: string): string {
    const name = 'MMCSRF=';
    const cookie = cookies.split(';').map((c) => c.trim()).find((c) => c.startsWith(name));
    return cookie?.slice(name.length) ?? '';
}
