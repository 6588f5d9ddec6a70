import type {AgentRest, Conversation, Overview} from 'src/rest/agent';
import type {Page} from 'src/rest/types';

import type {Clock} from './clock';
import type {Feed} from './feed';
import {Soon} from './soon';
import {Value} from './value';

export const tabs = ['waiting', 'open', 'expired', 'unclaimed', 'closed'] as const;

export type Tab = (typeof tabs)[number];

/** scope is `mine`, `all`, or the id of a queue. */
export type Filter = {tab: Tab; scope: string; q: string};

/** Rows of a page. The most the server gives. */
export const perPage = 200;

/** How many rows beyond those on screen are fetched. */
const ahead = 100;

export type ListState = {

    /** undefined = not known yet. */
    total: number | undefined;
    pages: ReadonlyMap<number, readonly Conversation[]>;
    overview: Overview | undefined;
    failure: unknown;
};

const empty: ListState = {total: undefined, pages: new Map(), overview: undefined, failure: undefined};

/**
 * The conversations of a filter, page by page as they come on screen. Nothing is patched: after a change the pages on screen are
 * read anew, the others when they come on screen again. A late answer to an older question never replaces a newer one.
 */
export class ConversationList {
    readonly state = new Value<ListState>(empty);
    private filter: Filter = {tab: 'waiting', scope: 'all', q: ''};
    private visible: [first: number, last: number] = [0, 0];

    /** Counts what made all pages old: a change of the filter, a refresh. */
    private version = 0;
    private filterVersion = 0;
    private readonly asked = new Map<number, number>();
    private readonly held = new Map<number, number>();
    private overviewAsked = 0;
    private readonly soon = new Soon(() => this.refresh(), 150, 2000);
    private silence: (() => void) | undefined;

    constructor(private readonly rest: AgentRest, private readonly clock: Clock) {}

    /** Begins to follow the feed, and reads everything on screen. */
    open(feed: Feed) {
        this.silence = feed.listen(this.soon.ask);
        this.refresh();
    }

    close() {
        this.silence?.();
        this.soon.stop();
    }

    setFilter(filter: Filter) {
        if (filter.tab === this.filter.tab && filter.scope === this.filter.scope && filter.q === this.filter.q) {
            return;
        }
        this.filter = filter;
        this.filterVersion = ++this.version;
        this.visible = [0, 0];
        this.asked.clear();
        this.held.clear();
        this.state.set({...this.state.get(), total: undefined, pages: new Map(), failure: undefined});
        this.load();
        this.loadOverview();
    }

    /** Rows from first to last are on screen. */
    show(first: number, last: number) {
        this.visible = [first, last];
        this.load();
    }

    /** What is on screen may have changed. */
    soonAgain = () => this.soon.ask();

    refresh = () => {
        this.version++;
        this.load();
        this.loadOverview();
    };

    private load() {
        const {total} = this.state.get();
        const [first, last] = this.visible;
        const end = total === undefined ? 0 : Math.max(0, total - 1);
        const from = Math.floor(Math.max(0, first - ahead) / perPage);
        const to = Math.floor(Math.min(end, last + ahead) / perPage);
        for (let page = from; page <= to; page++) {
            if (this.held.get(page) !== this.version && this.asked.get(page) !== this.version) {
                this.loadPage(page);
            }
        }
    }

    private async loadPage(page: number) {
        const {version, filterVersion} = this;
        this.asked.set(page, version);
        const answer = await this.ask(() => this.rest.conversations({...this.values(), ...tabValues[this.filter.tab], page, per_page: perPage}), filterVersion);
        if (!answer) {
            if (this.asked.get(page) === version) {
                this.asked.delete(page);
            }
            return;
        }
        if ((this.held.get(page) ?? -1) > version) {
            return;
        }
        this.held.set(page, version);
        this.take(page, answer);
    }

    private take(page: number, {items, total}: Page<Conversation>) {
        const state = this.state.get();
        const pages = new Map(state.pages).set(page, items);
        for (const known of pages.keys()) {
            if (known > 0 && known * perPage >= total) {
                pages.delete(known);
                this.held.delete(known);
            }
        }
        this.state.set({...state, pages, total, failure: undefined});
        this.load();
    }

    private async loadOverview() {
        const mine = ++this.overviewAsked;
        const askedAt = Date.now();
        const overview = await this.ask(() => this.rest.overview(this.values()), this.filterVersion);
        if (overview && mine === this.overviewAsked) {
            this.clock.learn(overview.now, askedAt);
            this.state.set({...this.state.get(), overview, failure: undefined});
        }
    }

    /** undefined where there was no answer, or where it is no longer wanted. */
    private async ask<T>(question: () => Promise<T>, filterVersion: number): Promise<T | undefined> {
        try {
            const answer = await question();
            return filterVersion === this.filterVersion ? answer : undefined;
        } catch (failure) {
            if (filterVersion === this.filterVersion) {
                this.state.set({...this.state.get(), failure});
            }
            return undefined;
        }
    }

    private values() {
        const {scope, q} = this.filter;
        return {mine: scope === 'mine' ? '1' : '', queue_id: scope === 'mine' || scope === 'all' ? '' : scope, q};
    }
}

const tabValues: Record<Tab, {state?: string; unclaimed?: string}> = {
    waiting: {state: 'waiting'},
    open: {state: 'open'},
    expired: {state: 'expired'},
    unclaimed: {unclaimed: '1'},
    closed: {state: 'closed'},
};

/** The row at a place of the list; undefined while it is not there yet. */
export const rowAt = (state: ListState, index: number) => state.pages.get(Math.floor(index / perPage))?.[index % perPage];
