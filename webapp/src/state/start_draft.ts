import {manifest} from 'src/manifest';

/** What was typed into the popup, without the customer's document. */
export type StartDraft = {
    queueId: string;
    templateId: string;
    values: Record<string, string>;
    name: string;
    phone: string;
};

/** How long it is kept, milliseconds. */
export const keptFor = 3_600_000;

const draftKey = (userId: string) => `${manifest.id}.start.${userId}`;
const templateKey = (userId: string) => `${manifest.id}.template.${userId}`;

/** Keeps what was typed for an hour, so that a closed tab loses nothing. The browser may refuse to store anything: then nothing is kept. */
export function saveDraft(userId: string, draft: StartDraft) {
    write(draftKey(userId), {...draft, at: Date.now()});
}

export function readDraft(userId: string): StartDraft | undefined {
    const draft = read(draftKey(userId)) as (StartDraft & {at: number}) | undefined;
    if (!draft || !(Math.abs(Date.now() - draft.at) < keptFor)) {
        forgetDraft(userId);
        return undefined;
    }
    return draft;
}

export const forgetDraft = (userId: string) => remove(draftKey(userId));

/** The template that the user sent last is the one chosen in the next popup. */
export const rememberTemplate = (userId: string, templateId: string) => write(templateKey(userId), templateId);
export const lastTemplate = (userId: string) => String(read(templateKey(userId)) ?? '');

function read(key: string): unknown {
    try {
        return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined;
    } catch {
        return undefined;
    }
}

function write(key: string, value: unknown) {
    try {
        localStorage.setItem(key, JSON.stringify(value));
    } catch {
        // Full, or forbidden.
    }
}

function remove(key: string) {
    try {
        localStorage.removeItem(key);
    } catch {
        // Forbidden.
    }
}
