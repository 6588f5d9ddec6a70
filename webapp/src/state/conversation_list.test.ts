import type {AgentApi} from 'src/api/agent_api';
import type {Conversation} from 'src/api/types';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

import {ChangeFeed, pollInterval} from './change_feed';
import {Clock} from './clock';
import {ConversationList, perPage, rowAt} from './conversation_list';

type Asked = {page: number; state?: string; q?: string; answer: (total: number, mark: string) => Promise<void>; fail: () => Promise<void>};

let asked: Asked[];
let list: ConversationList;
let changeFeed: ChangeFeed;

const settle = () => vi.advanceTimersByTimeAsync(0);

/** A server of which each answer is given by hand. */
const api = {
    conversations: (values: {page: number; state?: string; q?: string}) => new Promise((resolve, reject) => {
        asked.push({
            ...values,
            answer: (total, mark) => {
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
    asked = [];
    changeFeed = new ChangeFeed();
    list = new ConversationList(api, new Clock());
    list.open(changeFeed);
});

afterEach(() => {
    list.close();
    vi.useRealTimers();
});

test('pages come as they are needed', async () => {
    await asked[0]!.answer(1000, 'a');
    expect(asked).toHaveLength(1);
    expect([at(0), at(199), at(200)]).toEqual(['a0', 'a199', undefined]);

    list.show(150, 165);
    expect(asked.map((a) => a.page)).toEqual([0, 1]);
    list.show(990, 999);
    expect(asked.map((a) => a.page)).toEqual([0, 1, 4]);
    await asked[2]!.answer(1000, 'a');
    await asked[1]!.answer(1000, 'a');
    expect([at(200), at(999)]).toEqual(['a200', 'a999']);
});

test('a late answer to an older question replaces nothing', async () => {
    await asked[0]!.answer(10, 'a');
    list.refresh();
    list.refresh();
    expect(asked).toHaveLength(3);
    await asked[2]!.answer(9, 'new');
    await asked[1]!.answer(10, 'old');
    expect([at(0), list.state.get().total]).toEqual(['new0', 9]);
});

test('an answer to another filter is dropped', async () => {
    list.setFilter({tab: 'open', scope: 'mine', q: 'maria'});
    await asked[0]!.answer(10, 'waiting');
    expect(list.state.get().total).toBeUndefined();
    expect(asked[1]).toMatchObject({state: 'open', q: 'maria', page: 0});
    await asked[1]!.answer(1, 'open');
    expect(at(0)).toBe('open0');
});

test('many changes are one question, a later one follows after the gap', async () => {
    await asked[0]!.answer(10, 'a');
    for (let i = 0; i < 50; i++) {
        changeFeed.notify(`c${i}`);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toHaveLength(2);
    await asked[1]!.answer(10, 'b');
    changeFeed.notify('c1');
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(3);
});

test('pages that are not on screen are read anew when they come back', async () => {
    await asked[0]!.answer(1000, 'a');
    list.show(500, 510);
    expect(asked.map((a) => a.page)).toEqual([0, 2, 3]);
    await asked[1]!.answer(1000, 'a');
    await asked[2]!.answer(1000, 'a');
    list.refresh();
    expect(asked.slice(3).map((a) => a.page)).toEqual([2, 3]);
    await asked[3]!.answer(1000, 'b');
    await asked[4]!.answer(1000, 'b');
    list.show(0, 10);
    expect(asked.at(-1)!.page).toBe(0);
    expect(at(0)).toBe('a0'); // shown until the new one is there
    await asked.at(-1)!.answer(1000, 'b');
    expect(at(0)).toBe('b0');
});

test('without an event it is read every half a minute, and after a failure again', async () => {
    await asked[0]!.fail();
    expect(list.state.get().failure).toBeInstanceOf(TypeError);
    await vi.advanceTimersByTimeAsync(pollInterval + 200);
    await asked[1]!.answer(3, 'a');
    expect([list.state.get().total, list.state.get().failure]).toEqual([3, undefined]);
    list.close();
    await vi.advanceTimersByTimeAsync(2 * pollInterval);
    expect(asked).toHaveLength(2);
});

test('a list that became shorter forgets what is behind its end', async () => {
    await asked[0]!.answer(500, 'a');
    list.show(450, 460);
    await asked[1]!.answer(500, 'a');
    await asked[2]!.answer(100, 'b');
    expect(list.state.get().total).toBe(100);
    expect(at(250)).toBeUndefined();
});
