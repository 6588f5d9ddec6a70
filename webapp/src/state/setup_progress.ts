import type {AdminApi} from 'src/api/admin_api';
import type {Account, Plan, Queue} from 'src/api/types';

/** What has to be done before the first conversation, in its order. */
export const steps = ['account', 'webhook', 'queue', 'sync', 'template', 'plan'] as const;

export type Step = typeof steps[number];

/** Returns the steps that are done. */
export async function finishedSteps(api: AdminApi, accounts: Account[], queues: Queue[], plans: Plan[]): Promise<Set<Step>> {
    const done = new Set<Step>();
    const mark = (step: Step, is: boolean) => is && done.add(step);

    const usable = accounts.filter((a) => a.enabled);
    mark('account', usable.some((a) => a.has_access_token && a.has_app_secret && a.has_verify_token));
    mark('webhook', usable.some((a) => Boolean(a.webhook_at)));
    mark('queue', queues.length > 0);
    mark('plan', plans.some((p) => p.status === 'approved'));
    if (accounts.length > 0) {
        const template = await api.findTemplate((found) => !found.unusable_reason);
        mark('template', Boolean(template));
        mark('sync', Boolean(template) || (await api.templates({per_page: 1})).total > 0);
    }
    return done;
}
