import type {Results, ResultsGroup, ResultsNow, ResultsNumbers} from 'src/api/types';

/** Who waits now: the longest for three hours and five minutes. */
export const waitingNow: ResultsNow = {waiting_for_us: 7, longest_wait_since: Date.now() - 40_000_000, longest_wait_ms: 11_100_000, waiting_for_customers: 41, window_ending: 3, unanswered_6h: 12};

const numbers = (sent: number, delivered: number, read: number, answered: number, cost: number): ResultsNumbers => ({
    sent,
    delivered,
    read,
    failed: sent - delivered,
    refused: 1,
    answered,
    answer_rate: delivered ? answered / delivered : null,
    median_answer_ms: answered ? 5_400_000 : null,
    median_first_reply_ms: answered ? 240_000 : null,
    started: sent,
    closed: answered,
    cost,
    currency: 'BRL',
    cost_per_answer: answered ? cost / answered : null,
});

const named = (by: string): string[] => ({
    queue: ['Fila Vendas', 'Fila Suporte'],
    agent: ['ana', 'bruno'],
    day: ['2026-11-21', '2026-11-22'],
}[by] ?? ['confirmar_visita (pt_BR)', 'cobranca_amigavel (pt_BR)']);

/** The results of a period, by one of the groupings. */
export function results(by: string): Results {
    const [first, second] = named(by) as [string, string];
    const items: ResultsGroup[] = [
        {group: '', name: '', ...numbers(0, 0, 0, 0, 0)},
        {group: 'a', name: first, ...numbers(1200, 1150, 900, 640, 375)},
        {group: 'b', name: second, ...numbers(300, 280, 150, 42, 93.75)},
    ];
    return {from: 1, to: 2, items, totals: numbers(1500, 1430, 1050, 682, 468.75)};
}
