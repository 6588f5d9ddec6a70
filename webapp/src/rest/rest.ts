import type {Client} from 'src/client';
import {manifest} from 'src/manifest';

import type * as api from './types';
import {withValues} from './values';
import type {Values} from './values';

const root = `/plugins/${manifest.id}/api/v1/`;

/** Most that the server gives on one page. */
const mostPerPage = 200;

/** The plugin's REST API, for a system admin. */
export class Rest {
    constructor(private readonly client: Client) {}

    accounts = () => this.all<api.Account>('accounts');
    createAccount = (input: api.AccountInput) => this.send<api.Account>('POST', 'accounts', input);
    changeAccount = (id: string, input: api.AccountInput) => this.send<api.Account>('PATCH', `accounts/${id}`, input);
    deleteAccount = (id: string) => this.send<api.Account>('DELETE', `accounts/${id}`);
    testAccount = (id: string) => this.send<api.Probe>('POST', `accounts/${id}/test`);

    queues = () => this.all<api.Queue>('queues');
    createQueue = (input: api.QueueInput) => this.send<api.Queue>('POST', 'queues', input);
    changeQueue = (id: string, input: api.QueueInput) => this.send<api.Queue>('PATCH', `queues/${id}`, input);
    deleteQueue = (id: string) => this.send<api.Queue>('DELETE', `queues/${id}`);
    queueMembers = (id: string) => this.all<api.QueueMember>(`queues/${id}/members`);

    templates = (values: Values) => this.page<api.Template>('templates', values);
    template = (id: string) => this.send<api.Template>('GET', `templates/${id}`);
    changeTemplate = (id: string, input: api.TemplateInput) => this.send<api.Template>('PATCH', `templates/${id}`, input);
    syncTemplates = (accountId: string) => this.send<api.SyncResult>('POST', 'templates/sync', {account_id: accountId});

    /** Looks through the templates until one is found for which `wanted` holds. */
    findTemplate = (wanted: (template: api.Template) => boolean) => this.find<api.Template>('templates', wanted);

    plans = () => this.all<api.Plan>('plans');
    createPlan = (input: api.PlanInput) => this.send<api.Plan>('POST', 'plans', input);
    changePlan = (id: string, input: api.PlanInput) => this.send<api.Plan>('PATCH', `plans/${id}`, input);
    approvePlan = (id: string) => this.send<api.Plan>('POST', `plans/${id}/approve`);
    planApprovals = (id: string) => this.page<api.PlanApproval>(`plans/${id}/approvals`, {});

    ledger = (values: Values) => this.page<api.Charge>('ledger', values);
    ledgerSummary = (values: Values) => this.all<api.LedgerGroup>('ledger/summary', values);
    ledgerFile = (values: Values) => this.client.file(root + withValues('ledger', values), 'text/csv');

    doctor = () => this.send<api.Page<api.Finding> & {ok: boolean}>('GET', 'doctor');
    deadLetters = (page: number) => this.page<api.DeadLetter>('dead-letters', {page, per_page: 20});
    replayAll = () => this.send<{replayed: number}>('POST', 'dead-letters/replay', {});
    replay = (id: string) => this.send<{id: string}>('POST', `dead-letters/${id}/replay`);

    private send<T>(method: string, path: string, body?: object) {
        return this.client.request<T>(method, root + path, body);
    }

    private page<T>(path: string, values: Values) {
        return this.send<api.Page<T>>('GET', withValues(path, values));
    }

    private async all<T>(path: string, values: Values = {}): Promise<T[]> {
        const items: T[] = [];
        await this.find<T>(path, (item) => !items.push(item), values);
        return items;
    }

    private async find<T>(path: string, wanted: (item: T) => boolean, values: Values = {}): Promise<T | undefined> {
        for (let page = 0; ; page++) {
            // One page after the other: where each is needed depends on the one before.
            // eslint-disable-next-line no-await-in-loop
            const answer = await this.page<T>(path, {...values, page, per_page: mostPerPage});
            const found = answer.items.find(wanted);
            if (found || answer.items.length === 0 || (page + 1) * mostPerPage >= answer.total) {
                return found;
            }
        }
    }
}
