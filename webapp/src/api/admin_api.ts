import {manifest} from 'src/manifest';

import type {Client} from './client';
import {withParams} from './query';
import type {Params} from './query';
import type * as types from './types';

const root = `/plugins/${manifest.id}/api/v1/`;

/** The most that the server returns on one page. */
const mostPerPage = 200;

/** The plugin's REST API for a system admin. */
export class AdminApi {
    constructor(private readonly client: Client) {}

    accounts = () => this.all<types.Account>('accounts');
    createAccount = (input: types.AccountInput) => this.send<types.Account>('POST', 'accounts', input);
    changeAccount = (id: string, input: types.AccountInput) => this.send<types.Account>('PATCH', `accounts/${id}`, input);
    deleteAccount = (id: string) => this.send<types.Account>('DELETE', `accounts/${id}`);
    testAccount = (id: string) => this.send<types.Probe>('POST', `accounts/${id}/test`);

    queues = () => this.all<types.Queue>('queues');
    createQueue = (input: types.QueueInput) => this.send<types.Queue>('POST', 'queues', input);
    changeQueue = (id: string, input: types.QueueInput) => this.send<types.Queue>('PATCH', `queues/${id}`, input);
    deleteQueue = (id: string) => this.send<types.Queue>('DELETE', `queues/${id}`);
    holidays = (year: number) => this.all<types.Holiday>('holidays', {year});
    queueMembers = (id: string) => this.all<types.QueueMember>(`queues/${id}/members`);

    /** Retired ones too. */
    closingReasons = (queueId: string) => this.all<types.ClosingReason>('closing-reasons', {queue_id: queueId, retired: '1'});
    createClosingReason = (input: types.ClosingReasonInput) => this.send<types.ClosingReason>('POST', 'closing-reasons', input);
    changeClosingReason = (id: string, input: types.ClosingReasonInput) => this.send<types.ClosingReason>('PATCH', `closing-reasons/${id}`, input);
    retireClosingReason = (id: string) => this.send<types.ClosingReason>('DELETE', `closing-reasons/${id}`);
    importClosingReasons = (queueId: string, text: string) => this.send<{added: number}>('POST', 'closing-reasons/import', {queue_id: queueId, text});

    templates = (params: Params) => this.page<types.Template>('templates', params);
    template = (id: string) => this.send<types.Template>('GET', `templates/${id}`);
    changeTemplate = (id: string, input: types.TemplateInput) => this.send<types.Template>('PATCH', `templates/${id}`, input);
    createTemplate = (draft: types.TemplateDraft) => this.send<types.Template>('POST', 'templates', draft);
    editTemplate = (id: string, edit: Pick<types.TemplateDraft, 'category' | 'components'>) => this.send<types.Template>('POST', `templates/${id}/edit`, edit);
    lintTemplate = (draft: Pick<types.TemplateDraft, 'category' | 'components'>) => this.send<{risks: types.TemplateRisk[]}>('POST', 'templates/lint', draft);
    uploadSample = (accountId: string, file: File) => this.send<{handle: string}>('POST', withParams('templates/samples', {account_id: accountId, name: file.name}), file);
    syncTemplates = (accountId: string) => this.send<types.SyncResult>('POST', 'templates/sync', {account_id: accountId});

    /** Returns the first template for which `wanted` is true, and reads no page beyond it. */
    findTemplate = (wanted: (template: types.Template) => boolean) => this.find<types.Template>('templates', wanted);

    plans = () => this.all<types.Plan>('plans');
    createPlan = (input: types.PlanInput) => this.send<types.Plan>('POST', 'plans', input);
    changePlan = (id: string, input: types.PlanInput) => this.send<types.Plan>('PATCH', `plans/${id}`, input);
    approvePlan = (id: string) => this.send<types.Plan>('POST', `plans/${id}/approve`);
    planApprovals = (id: string) => this.page<types.PlanApproval>(`plans/${id}/approvals`, {});

    ledger = (params: Params) => this.page<types.Charge>('ledger', params);
    ledgerSummary = (params: Params) => this.all<types.LedgerGroup>('ledger/summary', params);
    ledgerFile = (params: Params) => this.client.file(root + withParams('ledger', params), 'text/csv');

    subscriptions = () => this.all<types.EventSubscription>('event-subscriptions');
    createSubscription = (input: types.EventSubscriptionInput) => this.send<types.EventSubscription>('POST', 'event-subscriptions', input);
    changeSubscription = (id: string, input: types.EventSubscriptionInput) => this.send<types.EventSubscription>('PATCH', `event-subscriptions/${id}`, input);
    deleteSubscription = (id: string) => this.send<types.EventSubscription>('DELETE', `event-subscriptions/${id}`);
    testSubscription = (id: string) => this.send<types.EventDelivery>('POST', `event-subscriptions/${id}/test`);
    deliveries = (id: string, page: number) => this.page<types.EventDelivery>(`event-subscriptions/${id}/deliveries`, {page, per_page: 20});
    delivery = (id: string, deliveryId: string) => this.send<types.EventDelivery>('GET', `event-subscriptions/${id}/deliveries/${deliveryId}`);
    resend = (id: string, deliveryId: string) => this.send<types.EventDelivery>('POST', `event-subscriptions/${id}/deliveries/${deliveryId}/resend`);
    resendSince = (id: string, since: number, failed: boolean) => this.send<{resent: number}>('POST', `event-subscriptions/${id}/resend`, {since, failed});

    doctor = () => this.send<types.Page<types.Finding> & {ok: boolean}>('GET', 'doctor');
    deadLetters = (page: number) => this.page<types.DeadLetter>('dead-letters', {page, per_page: 20});
    replayAll = () => this.send<{replayed: number}>('POST', 'dead-letters/replay', {});
    replay = (id: string) => this.send<{id: string}>('POST', `dead-letters/${id}/replay`);

    private send<T>(method: string, path: string, body?: object) {
        return this.client.request<T>(method, root + path, body);
    }

    private page<T>(path: string, params: Params) {
        return this.send<types.Page<T>>('GET', withParams(path, params));
    }

    private async all<T>(path: string, params: Params = {}): Promise<T[]> {
        const items: T[] = [];
        await this.find<T>(path, (item) => !items.push(item), params);
        return items;
    }

    private async find<T>(path: string, wanted: (item: T) => boolean, params: Params = {}): Promise<T | undefined> {
        for (let page = 0; ; page++) {
            // One page after the other: only the total of the page before says whether there is another.
            // eslint-disable-next-line no-await-in-loop
            const response = await this.page<T>(path, {...params, page, per_page: mostPerPage});
            const found = response.items.find(wanted);
            if (found || response.items.length === 0 || (page + 1) * mostPerPage >= response.total) {
                return found;
            }
        }
    }
}
