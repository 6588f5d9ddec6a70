import type {PrimitiveType} from 'react-intl';
import {ServerError} from 'src/api/client';
import type {MessageKey} from 'src/i18n';

/** One line for the reader: a text of ours by its key, or one that the server has already put into the reader's language. */
export type NoticeLine = {key: MessageKey; values?: Record<string, PrimitiveType>} | {text: string};

/** What went wrong, and why; good: what was done where nothing else shows it. It stays on screen until the reader closes it or does something else. */
export type Notice = {title: NoticeLine; reason: NoticeLine; good?: boolean};

/** The notice for an action that failed with an error: the server's own text where it sent one. */
export const errorNotice = (title: MessageKey, error: unknown): Notice => ({title: {key: title}, reason: reasonOf(error)});

function reasonOf(error: unknown): NoticeLine {
    if (!(error instanceof ServerError)) {
        return {key: 'whatsapp-ativo.error.unreachable'};
    }
    return error.message ? {text: error.message} : {key: 'whatsapp-ativo.error.status', values: {status: error.status}};
}
