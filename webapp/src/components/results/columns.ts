import type {ResultsGroup, ResultsNumbers} from 'src/api/types';
import type {MessageKey} from 'src/i18n';

/** A column of figures: null where there is nothing to divide. */
export type Column = {
    name: 'sent' | 'delivered' | 'read' | 'failed' | 'refused' | 'answered' | 'answer_rate' | 'median_answer_ms' | 'median_first_reply_ms' | 'started' | 'closed' | 'cost' | 'cost_per_answer';
    text: MessageKey;
    kind: 'count' | 'rate' | 'time' | 'money';
};

export const columns: Column[] = [
    {name: 'sent', text: 'whatsapp-ativo.results.sent', kind: 'count'},
    {name: 'delivered', text: 'whatsapp-ativo.results.delivered', kind: 'count'},
    {name: 'read', text: 'whatsapp-ativo.results.read', kind: 'count'},
    {name: 'failed', text: 'whatsapp-ativo.results.failed', kind: 'count'},
    {name: 'refused', text: 'whatsapp-ativo.results.refused', kind: 'count'},
    {name: 'answered', text: 'whatsapp-ativo.results.answered', kind: 'count'},
    {name: 'answer_rate', text: 'whatsapp-ativo.results.answer_rate', kind: 'rate'},
    {name: 'median_answer_ms', text: 'whatsapp-ativo.results.median_answer', kind: 'time'},
    {name: 'median_first_reply_ms', text: 'whatsapp-ativo.results.median_first_reply', kind: 'time'},
    {name: 'started', text: 'whatsapp-ativo.results.started', kind: 'count'},
    {name: 'closed', text: 'whatsapp-ativo.results.closed', kind: 'count'},
    {name: 'cost', text: 'whatsapp-ativo.results.cost', kind: 'money'},
    {name: 'cost_per_answer', text: 'whatsapp-ativo.results.cost_per_answer', kind: 'money'},
];

export type Order = {by: Column['name'] | 'name'; down: boolean};

/** The groups in an order; those without a value come last either way. */
export function inOrder(groups: ResultsGroup[], {by, down}: Order) {
    const sign = down ? -1 : 1;
    return [...groups].sort((a, b) => {
        if (by === 'name') {
            return sign * a.name.localeCompare(b.name);
        }
        const [x, y] = [a[by], b[by]];
        if (x === null || y === null) {
            return Number(x === null) - Number(y === null);
        }
        return sign * (x - y);
    });
}

/** What is on screen as CSV, with a comma as the separator. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function toCSV(head: string[], rows: Array<ResultsNumbers & {name: string}>) {
    const cell = (value: string | number | null) => {
        const text = typeof value === 'string' && (/^[=+\-@\t\r|%]/).test(value) ? `'${value}` : String(value ?? '');
        return (/[",\n]/).test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = [head, ...rows.map((row) => [row.name, ...columns.map((c) => row[c.name]), row.currency])];
    return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}
