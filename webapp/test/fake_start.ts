import type {KnownCustomer, Scheduled, StartBody, StartCheck, StartOptions, StartTemplate} from 'src/api/types';

import {idOf} from './fake_conversations';

type Answer = {status: number; body: object};

const variable = (element: string, label: string, example = '') => ({element, kind: 'text' as const, name: element.split('_')[1]!, label, example, default: '', max: 200});

const template = (change: Partial<StartTemplate>): StartTemplate => ({
    id: 't1',
    name: 'confirmar_visita',
    title: 'Confirmar visita',
    language: 'pt_BR',
    category: 'UTILITY',
    price: 0.08,
    currency: 'BRL',
    header: {format: 'TEXT', text: 'Visita técnica'},
    text: 'Olá, {{1}}! Nossa equipe passa aí no dia *{{2}}*. Está bom para você?',
    footer: 'Responda por aqui mesmo',
    buttons: [{type: 'QUICK_REPLY', text: 'Pode vir', url: ''}, {type: 'URL', text: 'Ver no mapa', url: 'https://example.com'}],
    offer: '',
    cards: [],
    variables: [variable('body_1', 'Primeiro nome', 'Marina'), variable('body_2', 'Dia da visita', '12/11')],
    usable: true,
    why: '',
    ...change,
});

/** Responds as the plugin's REST API does to the popup. */
export class FakeStart {
    options: StartOptions = {
        queues: [{id: idOf('q', 0), name: 'Vendas', account_id: 'a1', team_id: 'team1', channel_id: 'channel1'}],
        queue_id: idOf('q', 0),
        templates: [
            template({}),
            template({id: 't2', name: 'aviso_simples', title: 'Aviso de boleto', header: {format: '', text: ''}, text: 'Olá, {{1}}. Seu boleto vence amanhã.', footer: '', buttons: [], variables: [variable('body_1', 'Primeiro nome')]}),
            template({id: 't3', name: 'ofertas', title: 'Ofertas da semana', category: 'MARKETING', price: 0.3125, usable: false, why: 'A Meta pausou este modelo.'}),
        ],
        left: 120.5,
        currency: 'BRL',
    };

    customers: KnownCustomer[] = [{id: idOf('p', 1), name: 'Marina Duarte', phone: '+5511987100002', cpf_masked: '***.982.247-**', consent: {status: 'none', origin: '', note: '', at: null, by: ''}, last_conversation: {id: idOf('c', 2), state: 'closed', closed_at: 1}}];
    scheduled: Scheduled[] = [];
    check: Partial<StartCheck> = {};

    /** Offers a template with a carousel of two cards alone. */
    offerCarousel() {
        const card = {header: {format: 'IMAGE', text: ''}, text: 'Por {{1}}', footer: '', buttons: []};
        this.options.templates = [template({cards: [card, card], variables: [variable('body_1', 'Primeiro nome'), variable('card_1_body_1', 'Cartão 1: Preço'), variable('card_2_body_1', 'Cartão 2: Preço')]})];
    }

    /** The response to a start; undefined = it succeeds. */
    refusal?: Answer;

    /** The requests that arrived: starts with their keys, and what was checked. */
    started: Array<{body: StartBody; key: string}> = [];
    checked: StartBody[] = [];

    answer(method: string, path: string, query: URLSearchParams, body: unknown, key: string): Answer | undefined {
        switch (`${method} ${path}`) {
        case 'GET start-options':
            return {status: 200, body: this.options};
        case 'POST customers/search': {
            const q = plain((body as {q: string}).q);
            const items = this.customers.filter(({name, phone}) => plain(name).includes(q) || ((/\d{4}/).test(q) && phone.includes(q.replace(/\D/g, ''))));
            return {status: 200, body: {items, total: items.length, page: 0, per_page: 20}};
        }
        case 'POST conversations/check': {
            const start = body as StartBody;
            this.checked.push(start);
            const long = Object.entries(start.variables ?? {}).filter(([, value]) => value.length > 200).map(([element]) => [element, 'Use no máximo 200 caracteres.']);
            const fields = {...(start.customer.cpf || start.customer.id ? {} : {cpf: 'Preencha o CPF ou CNPJ.'}), ...Object.fromEntries(long)};
            const check = this.check.existing && start.confirm ? {...this.check, refusal: null} : this.check;
            return {status: 200, body: {fields, refusal: null, existing: null, price: 0.08, currency: 'BRL', ...check}};
        }
        case 'GET scheduled': {
            const items = this.scheduled.filter((one) => one.status !== 'cancelled' && (!query.get('mine') || one.owner_id === 'u1'));
            return {status: 200, body: {items, total: items.length, page: 0, per_page: 50}};
        }
        case 'POST conversations':
            this.started.push({body: body as StartBody, key});
            if (!this.refusal && (body as StartBody).send_at) {
                const {send_at: at, customer} = body as StartBody;
                return {status: 202, body: scheduled({send_at: at!, customer: {name: customer.name ?? '', phone: customer.phone ?? '', cpf_masked: ''}})};
            }
            return this.refusal ?? {status: 201, body: {id: idOf('c', 900), channel_id: idOf('h', 900), team_id: 'team1', state: 'waiting'}};
        default: {
            const one = path.startsWith('scheduled/') && this.scheduled.find(({id}) => path.endsWith(id));
            if (one && method === 'DELETE') {
                one.status = 'cancelled';
            }
            return one ? {status: 200, body: one} : undefined;
        }
        }
    }
}

/** A scheduled start of the reader's. */
export const scheduled = (change: Partial<Scheduled>): Scheduled => ({
    id: idOf('s', 1),
    queue_id: idOf('q', 0),
    account_id: 'a1',
    template: {id: 't1', name: 'confirmar_visita', language: 'pt_BR'},
    customer: {name: 'Marina Duarte', phone: '+5511987100002', cpf_masked: '***.982.247-**'},
    send_at: Date.UTC(2026, 10, 30, 12),
    owner_id: 'u1',
    owner_username: 'ana',
    status: 'scheduled',
    conversation_id: '',
    reason: '',
    reason_code: '',
    created_at: Date.UTC(2026, 10, 29),
    ...change,
});

const plain = (text: string) => text.toLowerCase().trim();
