import type {TagKind} from 'src/components/shared/tag';
import type {MessageKey} from 'src/i18n';

/** Meta's words for the state of a template, in the order of the filter. GONE is ours: no longer at Meta. */
export const statuses: Array<{name: string; text: MessageKey; kind: TagKind}> = [
    {name: 'APPROVED', text: 'whatsapp-ativo.admin.status.approved', kind: 'good'},
    {name: 'PENDING', text: 'whatsapp-ativo.admin.status.pending', kind: 'warn'},
    {name: 'IN_APPEAL', text: 'whatsapp-ativo.admin.status.in_appeal', kind: 'warn'},
    {name: 'REJECTED', text: 'whatsapp-ativo.admin.status.rejected', kind: 'bad'},
    {name: 'PAUSED', text: 'whatsapp-ativo.admin.status.paused', kind: 'bad'},
    {name: 'DISABLED', text: 'whatsapp-ativo.admin.status.disabled', kind: 'bad'},
    {name: 'GONE', text: 'whatsapp-ativo.admin.status.gone', kind: 'bad'},
];

/** Meta's words for the quality of a template. */
export const qualities: Record<string, {text: MessageKey; kind: TagKind}> = {
    GREEN: {text: 'whatsapp-ativo.admin.quality.green', kind: 'good'},
    YELLOW: {text: 'whatsapp-ativo.admin.quality.yellow', kind: 'warn'},
    RED: {text: 'whatsapp-ativo.admin.quality.red', kind: 'bad'},
};
