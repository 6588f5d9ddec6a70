import type {ClosingOptions, Conversation, Lookalike, QuickReply, State} from 'src/api/types';

type Body = Record<string, unknown>;
type Answer = {status: number; body: object};

const hour = 3_600_000;
const names = ['Marina Duarte', 'José da Silva', 'Ana Beatriz Carvalho', 'Pedro Henrique Albuquerque de Vasconcelos Neto', 'Carla Souza', 'Rafael Lima'];
const templates = ['confirmar_visita', 'lembrete_boleto', 'ofertas_da_semana'];
const states: State[] = ['waiting', 'open', 'expired', 'waiting', 'open', 'closed'];

/** An id that looks like one of the server's, made of a number. */
export const idOf = (kind: string, n: number) => `${kind}${String(n).padStart(26 - kind.length, '0')}`;

/** Who makes the conversations' channels. */
export const botId = idOf('bot', 1);

function conversation(n: number, now: number): Conversation {
    const state = states[n % states.length]!;
    return {
        id: idOf('c', n),
        state,
        window_until: state === 'open' ? now + ((((n % 23) + 1) * hour) - 5000) : null,
        cooldown_until: state === 'waiting' && n % 2 === 0 ? now + (5 * hour) : null,
        owner_id: n % 7 === 1 ? '' : 'u1',
        attendant_id: n % 7 === 1 ? '' : ['u1', 'u2'][n % 2]!,
        queue_id: idOf('q', n % 2),
        account_id: idOf('a', 1),
        team_id: 'team1',
        channel_id: idOf('h', n),
        contact: {id: idOf('p', Math.floor(n / 2)), name: `${names[n % names.length]} ${n}`, phone: `+5511987${String(100000 + n).slice(-6)}`, cpf_masked: '***.982.247-**', consent: {status: 'none', origin: '', note: '', at: null, by: ''}},
        attended_at: null,
        last_inbound_at: null,
        last_outbound_at: null,
        closed_at: state === 'closed' ? now - hour : null,
        close_reason: state === 'closed' ? 'Resolvido' : '',
        closing: null,
        created_at: now - (26 * hour),
        updated_at: now - n,
        template: templates[n % templates.length],
        last_message: state === 'open' ? {direction: n % 3 ? 'in' : 'out', kind: 'text', preview: n % 3 ? 'Pode ser amanhã de tarde?' : 'Ótimo, até amanhã!', at: now - (n * 60_000)} : undefined,
        customer_waits_since: state === 'open' && n % 3 ? now - (n * 60_000) : null,
        ...(state === 'open' && n % 3 && {customer_waits_ms: n * 60_000}),
        owner_username: n % 7 === 1 ? undefined : 'ana',
        attendant_username: n % 7 === 1 ? undefined : ['ana', 'bruno'][n % 2],
    };
}

/** Responds as the plugin's REST API does to an agent's pages. */
export class FakeConversations {
    rows: Conversation[];

    /** The requests that arrived. */
    received: Array<{method: string; path: string; body: Body}> = [];

    /** Why a transfer is refused; '' = it is not. */
    refusal = '';

    /** What conversations can be closed with. */
    closing: ClosingOptions = {required: false, reasons: []};

    replies: QuickReply[] = [];

    /** How far the server's clock is ahead of the browser's, milliseconds. */
    ahead = 0;

    /** Who looks like every customer. */
    alike: Lookalike[] = [];

    constructor(count: number, readonly now = Date.now()) {
        this.rows = Array.from({length: count}, (_, n) => conversation(n, now));
    }

    /** The response to a request; undefined for a path that agents' pages do not use. */
    answer(method: string, path: string, query: URLSearchParams, body: Body): Answer | undefined {
        const [kind, id = '', action = ''] = path.split('/');
        if (kind === 'contacts' && action === 'lookalikes') {
            return {status: 200, body: {items: this.alike, total: this.alike.length, page: 0, per_page: 60}};
        }
        if (kind === 'contacts' && action === 'merge') {
            this.received.push({method, path, body});
            this.alike = this.alike.filter((one) => one.id !== body.contact_id);
            return this.refusal ? {status: 409, body: {error: {code: 'conversation_exists', message: this.refusal}}} : {status: 200, body: {id}};
        }
        if (kind === 'contacts' && action === 'reveal') {
            this.received.push({method, path, body});
            return {status: 200, body: {id, phone: '+5511987100002', cpf: '52998224725'}};
        }
        if (kind === 'channels') {
            this.received.push({method, path, body});
            const owned = this.rows.find((r) => r.channel_id === id);
            if (!id) {
                return {status: 200, body: {creator_id: botId}};
            }
            return owned ? {status: 200, body: {...owned, template: undefined}} : {status: 404, body: {error: {code: 'not_found', message: 'Não encontrado.'}}};
        }
        if (kind === 'quick-replies') {
            return method === 'GET' ? this.quickReplies(query) : this.changeReplies(method, id, body);
        }
        if (kind !== 'conversations') {
            return undefined;
        }
        if (!id || id === 'search') {
            return this.list(query, body);
        }
        if (id === 'counts') {
            return this.counts(query, body);
        }
        if (action === 'quick-replies') {
            return {status: 200, body: {text: 'bom dia, Marina! A chave é 123.'}};
        }
        if (action === 'closing-options') {
            return {status: 200, body: this.closing};
        }
        this.received.push({method, path, body});
        const row = this.rows.find((r) => r.id === id);
        if (!row) {
            return {status: 404, body: {error: {code: 'not_found', message: 'Não encontrado.'}}};
        }
        switch (action) {
        case 'messages':
            return {status: 200, body: {items: [{id: 'm1', post_id: query.get('post_id'), status: 'failed', reason: 'O número não recebe mensagens do WhatsApp.', reason_code: 131026}], total: 1, page: 0, per_page: 60}};
        case 'claim':
            this.change(id, {owner_id: 'u1', attendant_id: 'u1', owner_username: 'ana', attendant_username: 'ana', attendant_absent: undefined});
            break;
        case 'transfer':
            if (this.refusal) {
                return {status: 409, body: {error: {code: 'conversation_closed', message: this.refusal}}};
            }
            this.change(id, {attendant_id: String(body.user_id ?? ''), attendant_username: body.user_id ? 'bruno' : undefined});
            break;
        case 'close': {
            const reason = this.closing.reasons.find((r) => r.id === body.reason_id);
            const values = (body.fields ?? {}) as Record<string, string>;
            const missing = reason?.fields.filter((f) => f.required && !values[f.name]) ?? [];
            if (missing.length > 0) {
                return {status: 422, body: {error: {code: 'invalid_field', message: 'Confira os campos.', fields: Object.fromEntries(missing.map((f) => [`fields.${f.name}`, 'Preencha este campo.']))}}};
            }
            this.change(id, {
                state: 'closed',
                close_reason: String(body.reason),
                closing: {
                    reason_id: reason?.id ?? '',
                    label: reason?.label ?? '',
                    fields: values,
                    answers: reason?.fields.map((f) => ({label: f.label, value: values[f.name] ?? ''})) ?? [],
                    note: String(body.reason),
                },
                window_until: null,
            });
            break;
        }
        case 'reopen':
            this.change(id, {state: 'waiting'});
            break;
        case 'drafts':
            return {status: 201, body: {id: 'd1'}};
        }
        return {status: 200, body: {...this.rows.find((r) => r.id === id), template: undefined}};
    }

    /** Changes a conversation as the server does: it moves to the top of the list. */
    change(id: string, change: Partial<Conversation>) {
        this.rows = this.rows.map((r) => (r.id === id ? {...r, ...change, updated_at: Date.now()} : r)).
            sort((a, b) => (b.updated_at! - a.updated_at!) || a.id.localeCompare(b.id));
    }

    private quickReplies(query: URLSearchParams): Answer {
        const scope = query.get('scope');
        const items = this.replies.filter((r) => (!scope || (r.scope === scope && r.queue_id === (query.get('queue_id') ?? ''))) &&
            `${r.shortcut} ${r.title} ${r.text}`.toLowerCase().includes(String(query.get('q') ?? '').toLowerCase()));
        return {status: 200, body: {items, total: items.length, page: 0, per_page: 8}};
    }

    /** The text {{cpf}} is wrong, as on the server; a CSV is one line. */
    private changeReplies(method: string, id: string, body: Body): Answer {
        const old = this.replies.find((r) => r.id === id);
        const [shortcut, title, text] = String(body.csv ?? '').trim().split('\n').at(-1)!.split(',');
        const given = body.csv ? {shortcut, title, text} : body;
        const reply = {created_at: 1, updated_at: 1, queue_id: '', ...old, ...given, csv: undefined, id: old?.id ?? idOf('r', this.replies.length)} as unknown as QuickReply;
        if (reply.text.includes('{{cpf}}')) {
            return {status: 422, body: {error: {code: 'invalid_field', message: 'Confira os campos.', fields: {[body.csv ? 'csv' : 'text']: 'cpf não existe.'}}}};
        }
        this.replies = [...this.replies.filter((r) => r.id !== id), ...(method === 'DELETE' ? [] : [body.csv ? {...reply, scope: body.scope as 'queue', queue_id: String(body.queue_id ?? '')} : reply])];
        return {status: 200, body: reply};
    }

    /** What is searched for is in the body only, as the server has it. */
    private filtered(query: URLSearchParams, body: Body) {
        const q = String(body.q ?? '').toLowerCase();
        return this.rows.filter((r) =>
            (!query.get('mine') || r.owner_id === 'u1' || r.attendant_id === 'u1') &&
            (!query.get('queue_id') || r.queue_id === query.get('queue_id')) &&
            (!query.get('attendant_id') || r.attendant_id === query.get('attendant_id')) &&
            (!query.get('contact_id') || r.contact.id === query.get('contact_id')) &&
            (!q || r.contact.name.toLowerCase().includes(q) || r.contact.phone.includes(q)));
    }

    private list(query: URLSearchParams, body: Body): Answer {
        const rows = this.filtered(query, body).filter((r) =>
            (!query.get('state') || r.state === query.get('state')) &&
            (!query.get('unanswered') || r.customer_waits_since) &&
            (!query.get('waiting_min') || (r.customer_waits_since && r.customer_waits_since <= this.now - (Number(query.get('waiting_min')) * 60_000))) &&
            (!query.get('unclaimed') || (!r.attendant_id && r.state !== 'closed')));
        const page = Number(query.get('page') ?? 0);
        const perPage = Math.min(200, Number(query.get('per_page') ?? 60));
        return {status: 200, body: {items: rows.slice(page * perPage, (page + 1) * perPage), total: rows.length, page, per_page: perPage}};
    }

    private counts(query: URLSearchParams, body: Body): Answer {
        const rows = this.filtered(query, body).filter((r) => r.state !== 'closed');
        const of = (state: State) => rows.filter((r) => r.state === state).length;
        const queues = [{id: idOf('q', 0), name: 'Vendas', team_id: 'team1', channel_id: 'channel1', supervises: true}, {id: idOf('q', 1), name: 'Suporte', team_id: 'team1', channel_id: 'channel2', supervises: false}];
        return {status: 200, body: {waiting: of('waiting'), open: of('open'), expired: of('expired'), unclaimed: rows.filter((r) => !r.attendant_id).length, queues, supervises: true, now: Date.now() + this.ahead}};
    }
}
