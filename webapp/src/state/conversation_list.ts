import type {AgentApi} from 'src/api/agent_api';
import type {Conversation, Overview, Page} from 'src/api/types';

import type {ChangeFeed} from './change_feed';
import type {Clock} from './clock';
import {Store} from './store';
import {Throttle} from './throttle';

/** `serving`: the reader's own with an open window. */
export const tabs = ['serving', 'waiting', 'open', 'expired', 'unclaimed', 'closed'] as const;

export type Tab = (typeof tabs)[number];

/**
 * scope is `mine`, `all`, or the id of a queue; attendant the id of who serves, '' = anybody; waits for how many minutes at least the customer
 * has waited for our answer: '0' = at all, '' = whether or not they wait.
 */
export type Filter = {tab: Tab; scope: string; q: string; attendant?: string; waits?: string};

/** Rows of a page: the most that the server returns at once. */
export const perPage = 200;

/** How many rows beyond those on screen are fetched. */
const lookahead = 100;

export type ListState = {

    /** undefined while it is not known yet. */
    total: number | undefined;
    pages: ReadonlyMap<number, readonly Conversation[]>;
    overview: Overview | undefined;

    /** How many conversations the tab `serving` has. */
    serving: number | undefined;
    failure: unknown;
};

const empty: ListState = {total: undefined, pages: new Map(), overview: undefined, serving: undefined, failure: undefined};

/**
 * The conversations of a filter, page by page as they come on screen. An event only says that something changed, so that nothing is
 * patched: the pages on screen are read again, the others when they come back on screen. A late response to an older request never
 * replaces a newer one.
 */
export class ConversationList {
    readonly state = new Store<ListState>(empty);
    private filter: Filter = {tab: 'serving', scope: 'all', q: ''};
    private visible: [first: number, last: number] = [0, 0];

    /** Counts the events that made all pages outdated: a new filter, a refresh. */
    private version = 0;

    /** The version in which the filter changed last. Responses to requests of an older filter are dropped. */
    private filterVersion = 0;

    /** The version in which each page was last requested, and last received. */
    private readonly requested = new Map<number, number>();
    private readonly received = new Map<number, number>();
    private overviewRequests = 0;
    private readonly throttle = new Throttle(() => this.refresh(), 150, 2000);
    private unsubscribe: (() => void) | undefined;

    constructor(private readonly api: AgentApi, private readonly clock: Clock) {}

    /** Begins to follow the changes, and reads everything on screen. */
    open(changeFeed: ChangeFeed) {
        this.unsubscribe = changeFeed.subscribe(this.throttle.request);
        this.refresh();
    }

    close() {
        this.unsubscribe?.();
        this.throttle.cancel();
    }

    setFilter(filter: Filter) {
        const asBefore = (['tab', 'scope', 'q', 'attendant', 'waits'] as const).every((name) => (filter[name] ?? '') === (this.filter[name] ?? ''));
        if (asBefore) {
            return;
        }
        this.filter = filter;
        this.filterVersion = ++this.version;
        this.visible = [0, 0];
        this.requested.clear();
        this.received.clear();
        this.state.set({...this.state.get(), total: undefined, pages: new Map(), failure: undefined});
        this.load();
        this.loadOverview();
    }

    /** Says that the rows from first to last are on screen now. */
    show(first: number, last: number) {
        this.visible = [first, last];
        this.load();
    }

    /** Refreshes shortly, at most as often as the throttle allows. */
    requestRefresh = () => this.throttle.request();

    refresh = () => {
        this.version++;
        this.load();
        this.loadOverview();
    };

    private load() {
        const {total} = this.state.get();
        const [first, last] = this.visible;
        const end = total === undefined ? 0 : Math.max(0, total - 1);
        const from = Math.floor(Math.max(0, first - lookahead) / perPage);
        const to = Math.floor(Math.min(end, last + lookahead) / perPage);
        for (let page = from; page <= to; page++) {
            if (this.received.get(page) !== this.version && this.requested.get(page) !== this.version) {
                this.loadPage(page);
            }
        }
    }

    private async loadPage(page: number) {
        const {version, filterVersion} = this;
        this.requested.set(page, version);
        const response = await this.request(() => this.api.conversations({...listParams(this.filter), page, per_page: perPage}), filterVersion);
        if (!response) {
            if (this.requested.get(page) === version) {
                this.requested.delete(page);
            }
            return;
        }
        if ((this.received.get(page) ?? -1) > version) {
            return;
        }
        this.received.set(page, version);
        this.putPage(page, this.filter.tab === 'serving' ? {...response, items: byTurn(response.items)} : response);
    }

    private putPage(page: number, {items, total}: Page<Conversation>) {
        const state = this.state.get();
        const pages = new Map(state.pages).set(page, items);
        for (const known of pages.keys()) {
            if (known > 0 && known * perPage >= total) {
                pages.delete(known);
                this.received.delete(known);
            }
        }
        this.state.set({...state, pages, total, failure: undefined});
        this.load();
    }

    private async loadOverview() {
        const request = ++this.overviewRequests;
        const requestedAt = Date.now();
        const all = this.request(() => this.api.overview(this.params()), this.filterVersion);
        const own = this.filter.scope === 'mine' ? all : this.request(() => this.api.overview({...this.params(), mine: '1'}), this.filterVersion);
        const [overview, mine] = await Promise.all([all, own]);
        if (overview && request === this.overviewRequests) {
            this.clock.learn(overview.now, requestedAt);
            this.state.set({...this.state.get(), overview, serving: mine?.open, failure: undefined});
        }
    }

    /** Returns undefined where there was no response, or where the filter has changed since. */
    private async request<T>(send: () => Promise<T>, filterVersion: number): Promise<T | undefined> {
        try {
            const response = await send();
            return filterVersion === this.filterVersion ? response : undefined;
        } catch (failure) {
            if (filterVersion === this.filterVersion) {
                this.state.set({...this.state.get(), failure});
            }
            return undefined;
        }
    }

    private params() {
        return scopeParams(this.filter);
    }
}

const scopeParams = ({scope, q, attendant}: Filter) =>
    ({mine: scope === 'mine' ? '1' : '', queue_id: scope === 'mine' || scope === 'all' ? '' : scope, attendant_id: attendant, q});

/** What the server is asked for all of a filter's conversations. */
export const listParams = (filter: Filter) => ({
    ...scopeParams(filter),
    unanswered: filter.waits === '0' ? '1' : '',
    waiting_min: filter.waits === '0' ? '' : filter.waits,
    ...tabParams[filter.tab],
});

/** Those who wait for the reader first, the longest wait on top. */
const byTurn = (items: Conversation[]) => [...items].sort((a, b) => (a.customer_waits_since ?? Infinity) - (b.customer_waits_since ?? Infinity) || 0);

const tabParams: Record<Tab, {state?: string; unclaimed?: string; mine?: string}> = {
    serving: {state: 'open', mine: '1'},
    waiting: {state: 'waiting'},
    open: {state: 'open'},
    expired: {state: 'expired'},
    unclaimed: {unclaimed: '1'},
    closed: {state: 'closed'},
};

/** The row at a position of the list; undefined while its page is not there yet. */
export const rowAt = (state: ListState, index: number) => state.pages.get(Math.floor(index / perPage))?.[index % perPage];
