/** A mention as the server sees one, whose rule this is. */
const mention = /(?:^|[^\p{L}\p{N}_.@])@([a-zA-Z0-9][a-zA-Z0-9._-]*)/gu;

const everybody = ['here', 'channel', 'all'];

/** The first colleague that a text mentions, with the @; '' = none. Whom the web client does not know, the server finds. */
export function mentioned(text: string, isUser: (name: string) => boolean): string {
    for (const [, written = ''] of text.matchAll(mention)) {
        const name = written.toLowerCase();
        const trimmed = name.replace(/[._-]+$/, '');
        if (everybody.includes(trimmed) || isUser(name) || isUser(trimmed)) {
            return `@${trimmed}`;
        }
    }
    return '';
}
