import type {Rest} from 'src/rest/rest';
import type {Account, Plan, Queue} from 'src/rest/types';

/** What has to be done before the first conversation, in its order. */
export const steps = ['account', 'webhook', 'queue', 'sync', 'template', 'plan'] as const;

export type Step = typeof steps[number];

/** Tells which steps are done. */
export async function progress(rest: Rest, accounts: Account[], queues: Queue[], plans: Plan[]): Promise<Set<Step>> {
    const done = new Set<Step>();
    const note = (step: Step, is: boolean) => is && done.add(step);

    const usable = accounts.filter((a) => a.enabled);
    note('account', usable.some((a) => a.has_access_token && a.has_app_secret && a.has_verify_token));
    note('webhook', usable.some((a) => Boolean(a.webhook_at)));
    note('queue', queues.length > 0);
    note('plan', plans.some((p) => p.status === 'approved'));
    if (accounts.length > 0) {
        const template = await rest.findTemplate((found) => !found.unusable_reason);
        note('template', Boolean(template));
        note('sync', Boolean(template) || (await rest.templates({per_page: 1})).total > 0);
    }
    return done;
}
