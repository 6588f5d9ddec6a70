import type {Account, Charge, ClosingReason, DeadLetter, EventSubscription, Finding, Plan, PlanApproval, Queue, Template} from 'src/api/types';

type Body = Record<string, unknown>;

type Answer = {status: number; body: object};

import {results, waitingNow} from './fake_results';
import {submitTemplate} from './fake_templates';

const page = <T>(items: T[], query: URLSearchParams): Answer => {
    const number = Number(query.get('page') ?? 0);
    const size = Number(query.get('per_page') ?? 60);
    return {status: 200, body: {items: items.slice(number * size, (number + 1) * size), total: items.length, page: number, per_page: size}};
};

const invalid = (fields: Record<string, string>): Answer => ({status: 422, body: {error: {code: 'invalid_field', message: 'Corrija os campos indicados.', fields}}});

const missing: Answer = {status: 404, body: {error: {code: 'not_found', message: 'Não encontrado.'}}};

const neverAsked = {
    checked_at: null,
    ok: false,
    error_code: 0,
    error: '',
    quality_rating: '',
    messaging_limit: '',
    number_status: '',
    restriction: '',
    subscribed: false,
    token_expires_at: null,
    scopes: [],
    missing_scopes: [],
    clock_skew_ms: 0,
    templates_synced_at: null as number | null,
};

/** The time at which everything happens in the tests: noon of 22 November 2026, UTC. */
export const now = Date.UTC(2026, 10, 22, 12);

/** Responds as the plugin's REST API does to the console, and stores what it is given. `atMeta` has the templates that a sync brings. */
export class FakeApi {
    accounts: Account[] = [];
    queues: Queue[] = [];
    reasons: ClosingReason[] = [];
    templates: Template[] = [];
    atMeta: Template[] = [];
    plans: Plan[] = [];
    approvals: PlanApproval[] = [];
    charges: Charge[] = [];
    letters: DeadLetter[] = [];
    subscriptions: EventSubscription[] = [];
    findings: Finding[] = [];

    /** The requests that arrived. */
    received: Array<{method: string; path: string; body: Body}> = [];
    private ids = 0;

    answer(method: string, path: string, query: URLSearchParams, body: Body): Answer {
        this.received.push({method, path, body});
        const [kind = '', id = '', action = ''] = path.split('/');
        switch (kind) {
        case 'accounts':
            return action === 'test' ? this.probe() : this.object(this.accounts, method, id, query, body, (b) => this.checkAccount(b), () => this.newAccount(body));
        case 'queues':
            return action === 'members' ? page(this.members, query) : this.object(this.queues, method, id, query, body, (b) => required(b, ['name', 'team_id', 'channel_id', 'account_id']), () => body as unknown as Queue);
        case 'closing-reasons':
            return id === 'import' ? this.importReasons(body) : this.reason(method, id, query, body);
        case 'templates':
            return id === 'sync' ? this.sync(String(body.account_id)) : method === 'POST' ? submitTemplate(this.templates, this.atMeta, id, body) : this.template(method, id, query, body); // eslint-disable-line no-nested-ternary
        case 'plans':
            return action ? this.planAction(id, action, query) : this.object(this.plans, method, id, query, {...body, status: 'draft', spent: 0}, () => ({}), () => ({...body, status: 'draft', approved_by: '', approved_at: null, spent: 0}) as unknown as Plan);
        case 'ledger':
            return id ? this.summary(query) : page(this.charges, query);
        case 'results':
            return {status: 200, body: id === 'now' ? waitingNow : results(query.get('by') ?? '')};
        case 'doctor':
            return {status: 200, body: {...page(this.findings, new URLSearchParams('per_page=200')).body, ok: this.findings.every((f) => f.ok)}};
        case 'event-subscriptions':
            return action ? page([], query) : this.object(this.subscriptions, method, id, query, body, (b) => required(b, ['url']), () => ({...body, has_secret: Boolean(body.secret), failing_since: null, last_delivery_at: null, backlog: 0}) as unknown as EventSubscription);
        case 'dead-letters':
            if (method === 'POST') {
                this.letters = this.letters.filter((l) => l.id !== id);
                return {status: 200, body: {id}};
            }
            return page(this.letters, query);
        default:
            return missing;
        }
    }

    members = [
        {id: 'u1', username: 'ana', name: 'Ana Souza', supervisor: true, system_admin: false},
        {id: 'u2', username: 'bruno', name: 'Bruno Lima', supervisor: false, system_admin: false},
        {id: 'u3', username: 'carla', name: '', supervisor: false, system_admin: false},
    ];

    private reason(method: string, id: string, query: URLSearchParams, body: Body): Answer {
        if (method === 'DELETE') {
            return this.reason('PATCH', id, query, {retired: true});
        }
        const answer = this.object(this.reasons, method, id, query, body, (b) => required(b, ['label']), () => ({position: this.reasons.length, retired: false, ...body}) as unknown as ClosingReason);
        this.reasons.sort((a, b) => a.position - b.position);
        return answer;
    }

    private importReasons(body: Body): Answer {
        const labels = [...new Set(String(body.text).split('\n'))].filter((label) => label && !this.reasons.some((r) => r.label === label));
        labels.forEach((label) => this.reason('POST', '', new URLSearchParams(), {queue_id: body.queue_id, label, fields: []}));
        return {status: 200, body: {added: labels.length}};
    }

    private object<T extends {id: string}>(all: T[], method: string, id: string, query: URLSearchParams, body: Body, check: (whole: Body) => Record<string, string>, make: () => T): Answer {
        if (!id && method === 'GET') {
            return page(all, query);
        }
        const found = all.find((one) => one.id === id);
        if (id && !found) {
            return missing;
        }
        if (method === 'GET') {
            return {status: 200, body: found!};
        }
        if (method === 'DELETE') {
            all.splice(all.indexOf(found!), 1);
            return {status: 200, body: found!};
        }
        const wrong = check({...found, ...body});
        if (Object.keys(wrong).length) {
            return invalid(wrong);
        }
        if (found) {
            return {status: 200, body: Object.assign(found, withoutSecrets(body))};
        }
        const made = {...make(), id: `id${++this.ids}`};
        all.push(made);
        return {status: 201, body: made};
    }

    private checkAccount(body: Body) {
        return {...required(body, ['name', 'phone_number_id', 'waba_id']), ...((/[^0-9]/).test(String(body.phone_number_id)) ? {phone_number_id: 'Há caracteres que não são aceitos aqui.'} : {})};
    }

    private newAccount(body: Body): Account {
        return {
            ...withoutSecrets(body),
            enabled: true,
            has_access_token: Boolean(body.access_token),
            has_app_secret: Boolean(body.app_secret),
            has_verify_token: Boolean(body.verify_token),
            webhook_url: `https://chat.example.com/plugins/whatsapp-ativo/webhook/id${this.ids + 1}`,
            webhook_at: null,
            blocked_code: 0,
            blocked_at: null,
            health: {...neverAsked},
        } as unknown as Account;
    }

    private probe(): Answer {
        return {status: 200,
            body: {
                id: 'id1',
                display_phone: '+55 11 98765-4321',
                verified_name: 'Loja Exemplo',
                quality_rating: 'GREEN',
                status: 'CONNECTED',
                subscribed: true,
                token_expires_at: null,
                scopes: ['whatsapp_business_messaging', 'whatsapp_business_management'],
                problems: [],
            }};
    }

    private sync(accountId: string): Answer {
        const account = this.accounts.find((a) => a.id === accountId);
        if (!account) {
            return invalid({account_id: 'Não existe esse número.'});
        }
        const added = this.atMeta.filter((t) => !this.templates.some((known) => known.id === t.id)).map((t) => ({...t, account_id: accountId}));
        this.templates.push(...added);
        account.health.templates_synced_at = now;
        return {status: 200, body: {added: added.length, updated: 0, gone: 0, total: this.templates.length}};
    }

    private template(method: string, id: string, query: URLSearchParams, body: Body): Answer {
        if (!id) {
            const {q, status} = Object.fromEntries(query) as {q?: string; status?: string};
            return page(this.templates.filter((t) => t.name.includes(q ?? '') && (!status || t.status === status)).map((t) => ({...t, preview: undefined, variables: undefined})), query);
        }
        const answer = this.object(this.templates, method, id, query, {...body, variables: undefined}, () => ({}), () => body as unknown as Template);
        const found = this.templates.find((t) => t.id === id);
        if (found && method === 'PATCH') {
            found.variables = this.atMeta.find((t) => t.id === id)?.variables?.map((v) => ({...v, ...(body.variables as Record<string, object>)?.[v.element]}));
            found.unusable_reason = unusable(found);
        }
        return answer;
    }

    private planAction(id: string, action: string, query: URLSearchParams): Answer {
        const plan = this.plans.find((p) => p.id === id);
        if (!plan) {
            return missing;
        }
        if (action === 'approvals') {
            return page(this.approvals.filter((a) => a.queue_id === plan.queue_id), query);
        }
        Object.assign(plan, {status: 'approved', approved_by: 'u1', approved_at: now});
        this.approvals.unshift({...plan, id: `approval${this.approvals.length}`, plan_id: plan.id, ended_by: '', ended_at: null});
        return {status: 200, body: plan};
    }

    private summary(query: URLSearchParams): Answer {
        const key = ({queue: 'queue_id', agent: 'agent_id', template: 'template_id', category: 'category'} as const)[query.get('group_by') as 'queue'] ?? 'category';
        const groups = [...new Set(this.charges.map((c) => c[key]))].map((group) => {
            const charges = this.charges.filter((c) => c[key] === group);
            const sum = (state: string) => charges.filter((c) => c.state === state).reduce((all, c) => all + c.amount, 0);
            const count = (state: string) => charges.filter((c) => c.state === state).length;
            return {
                id: `${group} BRL`,
                group,
                name: group && ({u2: 'bruno', u3: 'carla'}[group] ?? this.templates.find((t) => t.id === group)?.name ?? this.queues.find((q) => q.id === group)?.name ?? group),
                currency: 'BRL',
                billed: sum('billed'),
                reserved: sum('reserved'),
                messages: charges.length,
                billed_messages: count('billed'),
                free_messages: count('free'),
                reserved_messages: count('reserved'),
            };
        });
        return page(groups.sort((a, b) => b.billed - a.billed), query);
    }
}

/** The server's own words, shortened. */
export function unusable(t: Template): string {
    if (t.status !== 'APPROVED') {
        return `A Meta diz ${t.status}: o modelo não pode ser enviado.`;
    }
    if (!t.approved) {
        return 'Ainda não foi aprovado para uso.';
    }
    return t.queue_ids.length ? '' : 'Nenhuma fila o tem liberado.';
}

const required = (body: Body, names: string[]) => Object.fromEntries(names.filter((name) => !body[name]).map((name) => [name, 'Preencha este campo.']));

function withoutSecrets(body: Body): object {
    return Object.fromEntries(Object.entries(body).filter(([name, value]) => value !== undefined && !['access_token', 'app_secret', 'verify_token', 'secret'].includes(name)));
}
