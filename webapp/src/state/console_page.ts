import type {AdminApi} from 'src/api/admin_api';
import type {Account, Plan, Queue} from 'src/api/types';

import {finishedSteps} from './setup_progress';
import type {Step} from './setup_progress';
import {Store} from './store';

export const sections = ['accounts', 'queues', 'templates', 'plans', 'costs', 'results', 'events', 'health'] as const;

export type Section = typeof sections[number];

/** What all sections need. */
export type ConsoleData = {accounts: Account[]; queues: Queue[]; plans: Plan[]; done: Set<Step>};

export type ConsoleState = {
    section: Section;

    /** Counts how often something other than its tab opened a section, which then takes the focus. */
    navigated: number;

    /** undefined until it was read. */
    data: ConsoleData | undefined;

    /** Why the last reading failed; undefined where it did not. */
    failure: unknown;
};

/** The state of our page in the System Console, from its opening to its closing. */
export class ConsolePage {
    readonly state = new Store<ConsoleState>({section: 'accounts', navigated: 0, data: undefined, failure: undefined});
    private requests = 0;

    constructor(private readonly api: AdminApi) {}

    /** Reads the lists again; the section that changed something calls it. A late response to an older request is dropped. */
    reload = async () => {
        const request = ++this.requests;
        const change = await this.read().then((data) => ({data, failure: undefined}), (failure: unknown) => ({failure}));
        if (request === this.requests) {
            this.state.set({...this.state.get(), ...change});
        }
    };

    /** Opens a section from its tab, which keeps the focus. */
    open = (section: Section) => this.state.set({...this.state.get(), section});

    /** Opens a section from elsewhere on the page. */
    navigate = (section: Section) => {
        const state = this.state.get();
        this.state.set({...state, section, navigated: state.navigated + 1});
    };

    private async read(): Promise<ConsoleData> {
        const [accounts, queues, plans] = await Promise.all([this.api.accounts(), this.api.queues(), this.api.plans()]);
        return {accounts, queues, plans, done: await finishedSteps(this.api, accounts, queues, plans)};
    }
}
