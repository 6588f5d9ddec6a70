import type {Charge, Template} from 'src/api/types';

import {FakeApi, now, unusable} from './fake_api';

const template = (id: string, name: string, category: string, text: string, more: Partial<Template> = {}): Template => {
    const t = {
        id,
        account_id: 'id1',
        name,
        title: '',
        labels: {},
        language: 'pt_BR',
        category,
        status: 'APPROVED',
        quality: 'GREEN',
        rejected_reason: '',
        unusable_reason: '',
        text,
        approved: false,
        suggested_title: name,
        correct_category: '',
        source: '',
        risks: [],
        approved_by: '',
        approved_at: null,
        queue_ids: [],
        gone_at: null,
        created_at: now,
        updated_at: now,
        preview: text,
        variables: [],
        ...more,
    };
    return {...t, unusable_reason: unusable(t)};
};

/** An empty installation; Meta has a few templates. */
export function emptyWorld(): FakeApi {
    const api = new FakeApi();
    api.atMeta = [
        template('t1', 'confirmar_visita', 'UTILITY', 'Olá, {{1}}! Confirmamos sua visita para {{2}}.', {
            preview: '**Visita técnica**\nOlá, Maria! Confirmamos sua visita para 24/11 às 14h.\n\n[Confirmar] [Remarcar]',
            variables: [
                {element: 'body_1', kind: 'text', name: '1', label: 'Texto {{1}}', example: 'Maria', default: '', max_length: 0, limit: 1024},
                {element: 'body_2', kind: 'text', name: '2', label: 'Texto {{2}}', example: '24/11 às 14h', default: '', max_length: 0, limit: 1024},
            ],
        }),
        template('t2', 'ofertas_da_semana', 'MARKETING', 'Novidades para você, {{nome}}.', {quality: 'YELLOW'}),
        template('t3', 'promo_antiga', 'MARKETING', 'Só hoje!', {status: 'REJECTED', rejected_reason: 'PROMOTIONAL', quality: ''}),
        template('t4', 'lembrete_boleto', 'UTILITY', 'Seu boleto vence em {{1}}.', {status: 'PAUSED', quality: 'RED'}),
    ];
    return api;
}

/** An installation at work. */
export function fullWorld(): FakeApi {
    const api = emptyWorld();
    const post = (path: string, body: object) => api.answer('POST', path, new URLSearchParams(), body as Record<string, unknown>);
    post('accounts', {name: 'Loja', phone_number_id: '106540352242922', waba_id: '102290129340398', display_phone: '+5511987654321', access_token: 'x', app_secret: 'x', verify_token: 'x', default_queue_id: 'id2'});
    Object.assign(api.accounts[0]!, {webhook_at: Date.UTC(2026, 10, 22, 11, 58)});
    Object.assign(api.accounts[0]!.health, {quality_rating: 'GREEN', messaging_limit: 'TIER_1K', ok: true});
    post('queues', {name: 'Vendas', team_id: 'team1', channel_id: 'channel1', account_id: 'id1', inactivity_minutes: 0});
    post('queues', {name: 'Suporte', team_id: 'team1', channel_id: 'channel2', account_id: 'id1', inactivity_minutes: 30});
    post('templates/sync', {account_id: 'id1'});
    api.answer('PATCH', 'templates/t1', new URLSearchParams(), {approved: true, queue_ids: ['id2']});
    const prices = {marketing: 0.3125, utility: 0.04, authentication: 0.04, service: 0.04};
    post('plans', {queue_id: 'id2', monthly_limit: 500, currency: 'BRL', prices, price_changes: [{from: Date.UTC(2027, 0, 1), prices: {...prices, marketing: 0.35}}]});
    post('plans/id4/approve', {});
    api.plans[0]!.spent = 412.5;
    post('plans', {queue_id: 'id3', monthly_limit: 200, currency: 'BRL', prices, price_changes: []});

    const charge = (n: number, queue: string, agent: string, of: string, category: string, amount: number, state: Charge['state'] = 'billed'): Charge =>
        ({id: `c${n}`, conversation_id: '', account_id: 'id1', wamid: `wamid.${n}`, queue_id: queue, agent_id: agent, template_id: of, category, amount, currency: 'BRL', state, at: Date.UTC(2026, 10, 20, 9, n)});
    api.charges = [
        ...Array.from({length: 30}, (_, n) => charge(n, 'id2', 'u2', 't1', 'utility', 0.04)),
        ...Array.from({length: 12}, (_, n) => charge(30 + n, 'id3', 'u3', 't2', 'marketing', 0.3125, n === 11 ? 'reserved' : 'billed')),
        ...Array.from({length: 5}, (_, n) => charge(50 + n, 'id2', 'u2', '', 'service', 0, 'free')),
    ];
    api.findings = [
        {id: '1', check: 'token', account_id: 'id1', ok: true, text: 'A Meta aceita o token do número Loja.', fix: ''},
        {id: '2', check: 'plan', account_id: '', ok: false, text: 'A fila Suporte não tem plano aprovado e não pode iniciar atendimentos.', fix: 'Aprove o plano na aba Plano.'},
        {id: '3', check: 'inbox', account_id: '', ok: true, text: 'Entrada: 0 na fila, o mais antigo há 0 s.', fix: ''},
    ];
    post('event-subscriptions', {url: 'https://crm.example.com/eventos', events: [], queue_ids: [], enabled: true, secret: 'x'});
    api.letters = [{id: 'l1', account_id: 'id1', received_at: Date.UTC(2026, 10, 21, 15), reason: 'JSON inválido na entrega', payload: '{"object":"whatsapp_business_account","entry":[{'}];
    return api;
}
