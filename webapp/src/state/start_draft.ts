import {manifest} from 'src/manifest';

/** What was typed into the popup, without the customer's document. */
export type StartDraft = {
    queueId: string;
    templateId: string;
    values: Record<string, string>;
    name: string;
    phone: string;

    /** The name by which a known customer was chosen, whose number then was filled in; '' = the number was typed, or they were found by it. */
    chosenName: string;

    /** When it is sent, as a datetime field has it: '' = later, but it is not said when; undefined = at once. */
    sendAt?: string;
};

/** How long it is kept, milliseconds. */
export const keptFor = 3_600_000;

const draftKeys = `${manifest.id}.start.`;
const draftKey = (userId: string) => draftKeys + userId;
const templateKey = (userId: string) => `${manifest.id}.template.${userId}`;

/** Keeps what was typed for an hour, so that a closed tab loses nothing. The browser may refuse to store anything: then nothing is kept. */
export function saveDraft(userId: string, draft: StartDraft) {
    write(draftKey(userId), {...draft, at: Date.now()});
    cleanDrafts();
}

export function readDraft(userId: string): StartDraft | undefined {
    cleanDrafts();
    return read(draftKey(userId)) as StartDraft | undefined;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Forgets what was kept for its hour, whoever typed it into this browser, now and when the hour of what is left is over. */
export function cleanDrafts() {
    clearTimeout(timer);
    const left = keys().filter((key) => key.startsWith(draftKeys)).map((key) => {
        const {at} = read(key) as {at: number};
        const ends = (at + keptFor) - Date.now();
        const kept = ends > 0 && ends <= keptFor;
        if (!kept) {
            remove(key);
        }
        return kept ? ends : Infinity;
    });
    const next = Math.min(...left);
    timer = Number.isFinite(next) ? setTimeout(cleanDrafts, next) : undefined;
}

export const forgetDraft = (userId: string) => remove(draftKey(userId));

/** The template that the user sent last is the one chosen in the next popup. */
export const rememberTemplate = (userId: string, templateId: string) => write(templateKey(userId), templateId);
export const lastTemplate = (userId: string) => String(read(templateKey(userId)) ?? '');

function keys(): string[] {
    try {
        return Object.keys(localStorage);
    } catch {
        return [];
    }
}

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
