import type {AgentApi} from 'src/api/agent_api';
import type {Conversation} from 'src/api/types';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

import {ChangeFeed, pollInterval} from './change_feed';
import {Clock} from './clock';
import {ConversationList, perPage, rowAt} from './conversation_list';

/** A request for a page, with what makes the server respond to it. */
type PageRequest = {page: number; state?: string; q?: string; respond: (total: number, mark: string) => Promise<void>; fail: () => Promise<void>};

let requests: PageRequest[];
let list: ConversationList;
let changeFeed: ChangeFeed;

const settle = () => vi.advanceTimersByTimeAsync(0);

/** A server that responds when a test says so. */
const api = {
    conversations: (values: {page: number; state?: string; q?: string}) => new Promise((resolve, reject) => {
        requests.push({
            ...values,
            respond: (total, mark) => {
                const count = Math.min(perPage, total - (values.page * perPage));
                resolve({items: Array.from({length: count}, (_, i) => ({id: `${mark}${(values.page * perPage) + i}`}) as Conversation), total, page: values.page, per_page: perPage});
                return settle().then(() => undefined);
            },
            fail: () => {
                reject(new TypeError('Failed to fetch'));
                return settle().then(() => undefined);
            },
        });
    }),
    overview: async () => ({waiting: 1, open: 0, expired: 0, unclaimed: 0, queues: [], now: null}),
} as unknown as AgentApi;

const at = (index: number) => rowAt(list.state.get(), index)?.id;

beforeEach(() => {
    vi.useFakeTimers();
    requests = [];
    changeFeed = new ChangeFeed();
    list = new ConversationList(api, new Clock());
    list.open(changeFeed);
});

afterEach(() => {
    list.close();
    vi.useRealTimers();
});

test('pages are read as they come on screen', async () => {
    await requests[0]!.respond(1000, 'a');
    expect(requests).toHaveLength(1);
    expect([at(0), at(199), at(200)]).toEqual(['a0', 'a199', undefined]);

    list.show(150, 165);
    expect(requests.map((a) => a.page)).toEqual([0, 1]);
    list.show(990, 999);
    expect(requests.map((a) => a.page)).toEqual([0, 1, 4]);
    await requests[2]!.respond(1000, 'a');
    await requests[1]!.respond(1000, 'a');
    expect([at(200), at(999)]).toEqual(['a200', 'a999']);
});

test('a late response to an older request replaces nothing', async () => {
    await requests[0]!.respond(10, 'a');
    list.refresh();
    list.refresh();
    expect(requests).toHaveLength(3);
    await requests[2]!.respond(9, 'new');
    await requests[1]!.respond(10, 'old');
    expect([at(0), list.state.get().total]).toEqual(['new0', 9]);
});

test('a response for another filter is dropped', async () => {
    list.setFilter({tab: 'open', scope: 'mine', q: 'maria'});
    await requests[0]!.respond(10, 'waiting');
    expect(list.state.get().total).toBeUndefined();
    expect(requests[1]).toMatchObject({state: 'open', q: 'maria', page: 0});
    await requests[1]!.respond(1, 'open');
    expect(at(0)).toBe('open0');
});

test('many changes are one request, a later change is read after the interval', async () => {
    await requests[0]!.respond(10, 'a');
    for (let i = 0; i < 50; i++) {
        changeFeed.notify(`c${i}`);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(requests).toHaveLength(2);
    await requests[1]!.respond(10, 'b');
    changeFeed.notify('c1');
    await vi.advanceTimersByTimeAsync(1000);
    expect(requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(requests).toHaveLength(3);
});

test('pages that are not on screen are read again when they come back', async () => {
    await requests[0]!.respond(1000, 'a');
    list.show(500, 510);
    expect(requests.map((a) => a.page)).toEqual([0, 2, 3]);
    await requests[1]!.respond(1000, 'a');
    await requests[2]!.respond(1000, 'a');
    list.refresh();
    expect(requests.slice(3).map((a) => a.page)).toEqual([2, 3]);
    await requests[3]!.respond(1000, 'b');
    await requests[4]!.respond(1000, 'b');
    list.show(0, 10);
    expect(requests.at(-1)!.page).toBe(0);
    expect(at(0)).toBe('a0'); // shown until the new one is there
    await requests.at(-1)!.respond(1000, 'b');
    expect(at(0)).toBe('b0');
});

test('without an event the list is read every half a minute, also after a failure', async () => {
    await requests[0]!.fail();
    expect(list.state.get().failure).toBeInstanceOf(TypeError);
    await vi.advanceTimersByTimeAsync(pollInterval + 200);
    await requests[1]!.respond(3, 'a');
    expect([list.state.get().total, list.state.get().failure]).toEqual([3, undefined]);
    list.close();
    await vi.advanceTimersByTimeAsync(2 * pollInterval);
    expect(requests).toHaveLength(2);
});

test('a list that became shorter drops the pages beyond its end', async () => {
    await requests[0]!.respond(500, 'a');
    list.show(450, 460);
    await requests[1]!.respond(500, 'a');
    await requests[2]!.respond(100, 'b');
    expect(list.state.get().total).toBe(100);
    expect(at(250)).toBeUndefined();
});
