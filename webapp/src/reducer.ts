import type {PrimitiveType} from 'react-intl';
import {combineReducers} from 'redux';
import type {MessageKey} from 'src/i18n';
import {manifest} from 'src/manifest';

/** One line for the user: our own text by its key, or a text the server already put into the user's language. */
export type Line = {key: MessageKey; values?: Record<string, PrimitiveType>} | {text: string};

/** What went wrong, and why. Stays on screen until the user closes it or tries again. */
export type NoticeContent = {title: Line; reason: Line};

export const showNotice = (notice: NoticeContent) => ({type: 'whatsapp-ativo/show_notice', notice} as const);

export const closeNotice = () => ({type: 'whatsapp-ativo/close_notice'} as const);

/** The reducer sees every action of the web client, ours and others. */
type Action = ReturnType<typeof showNotice> | ReturnType<typeof closeNotice> | {type: `other/${string}`};

function notice(state: NoticeContent | null = null, action: Action): NoticeContent | null {
    switch (action.type) {
    case 'whatsapp-ativo/show_notice':
        return action.notice;
    case 'whatsapp-ativo/close_notice':
        return null;
    default:
        return state;
    }
}

export const reducer = combineReducers({notice});

/** The web client keeps a plugin's state under this key; it is absent until the reducer is registered. */
const stateKey = `plugins-${manifest.id}`;

/** The notice on screen, null where there is none. */
export function selectNotice(state: object): NoticeContent | null {
    const own = (state as Record<string, ReturnType<typeof reducer> | undefined>)[stateKey];
    return own?.notice ?? null;
}
