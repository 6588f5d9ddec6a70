import type {CommandArgs, CommandResponse} from '@mattermost/types/integrations';

/** An answer of the server that is no success. `message` is the server's text, in the user's language; empty where it sent none. */
export class ServerError extends Error {
    constructor(message: string, readonly status: number) {
        super(message);
        this.name = 'ServerError';
    }
}

/**
 * The Mattermost server this page came from. Small on purpose: `@mattermost/client` would be many times the size of the rest.
 * Rejects with a `ServerError` for an answer that is no success, and with what `fetch` throws where there was no answer.
 */
export class Client {
    /** basePath is the path the server is served under, `''` for the root, without a slash at the end. */
    constructor(private readonly basePath = '') {}

    /** Runs a slash command as the user, in the given channel. An ephemeral text of the command reaches the channel by itself. */
    executeCommand(command: string, args: CommandArgs) {
        return this.post<Partial<CommandResponse>>('/api/v4/commands/execute', {command, ...args});
    }

    private async post<T>(path: string, body: unknown): Promise<T> {
        const response = await fetch(this.basePath + path, {
            method: 'POST',
            headers: {
                'Content-Type': 'application/json',
                'X-CSRF-Token': csrfToken(document.cookie),
                'X-Requested-With': 'XMLHttpRequest',
            },
            body: JSON.stringify(body),
        });
        const answer = await response.json().catch(() => null);
        if (!response.ok || answer === null) {
            throw new ServerError(answer?.message ?? '', response.status);
        }
        return answer;
    }
}

function csrfToken(cookies: string): string {
    const name = 'MMCSRF=';
    const cookie = cookies.split(';').map((c) => c.trim()).find((c) => c.startsWith(name));
    return cookie?.slice(name.length) ?? '';
}
