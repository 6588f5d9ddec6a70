import type {MessageKey} from 'src/i18n';
import type {Tab} from 'src/state/conversation_list';

export const tabNames: Record<Tab, MessageKey> = {
    serving: 'whatsapp-ativo.tab.serving',
    waiting: 'whatsapp-ativo.tab.waiting',
    open: 'whatsapp-ativo.tab.open',
    expired: 'whatsapp-ativo.tab.expired',
    unclaimed: 'whatsapp-ativo.tab.unclaimed',
    closed: 'whatsapp-ativo.tab.closed',
};

export const emptyTitles: Record<Tab, MessageKey> = {
    serving: 'whatsapp-ativo.empty.serving',
    waiting: 'whatsapp-ativo.empty.waiting',
    open: 'whatsapp-ativo.empty.open',
    expired: 'whatsapp-ativo.empty.expired',
    unclaimed: 'whatsapp-ativo.empty.unclaimed',
    closed: 'whatsapp-ativo.empty.closed',
};

export const emptyHints: Record<Tab, MessageKey> = {
    serving: 'whatsapp-ativo.empty.serving_hint',
    waiting: 'whatsapp-ativo.empty.waiting_hint',
    open: 'whatsapp-ativo.empty.open_hint',
    expired: 'whatsapp-ativo.empty.expired_hint',
    unclaimed: 'whatsapp-ativo.empty.unclaimed_hint',
    closed: 'whatsapp-ativo.empty.closed_hint',
};
