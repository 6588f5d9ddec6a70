// @vitest-environment node
import {AdminApi} from 'src/api/admin_api';
import type {Page, Template} from 'src/api/types';
import {expect, test} from 'vitest';

import {finishedSteps} from './setup_progress';

import type {FakeApi} from '../../test/fake_api';
import {emptyWorld, fullWorld} from '../../test/fake_world';

function apiOver(api: FakeApi) {
    const request = async (method: string, path: string, body?: unknown) => {
        const [name = '', query] = path.replace('/plugins/whatsapp-ativo/api/v1/', '').split('?');
        return api.answer(method, name, new URLSearchParams(query), (body ?? {}) as Record<string, unknown>).body;
    };
    return new AdminApi({request} as unknown as ConstructorParameters<typeof AdminApi>[0]);
}

const done = async (api: FakeApi) => [...await finishedSteps(apiOver(api), api.accounts, api.queues, api.plans)].sort();

test('nothing is done in an empty installation', async () => {
    expect(await done(emptyWorld())).toEqual([]);
});

test('all is done in one at work', async () => {
    expect(await done(fullWorld())).toEqual(['account', 'plan', 'queue', 'sync', 'template', 'webhook']);
});

test('a number without a secret, a silent webhook, a draft and templates that nobody can use are not done', async () => {
    const api = fullWorld();
    Object.assign(api.accounts[0]!, {has_app_secret: false, webhook_at: null});
    api.plans.forEach((p) => Object.assign(p, {status: 'draft'}));
    api.templates.forEach((t) => Object.assign(t, {unusable_reason: 'PAUSED'}));
    expect(await done(api)).toEqual(['queue', 'sync']);
});

test('a usable template is found behind the first page, and the search stops there', async () => {
    const api = fullWorld();
    const one = api.templates[0] as Template;
    api.templates = Array.from({length: 1200}, (_, i) => ({...one, id: `t${i}`, unusable_reason: i === 250 ? '' : 'x'}));
    api.received.length = 0;
    expect(await done(api)).toContain('template');
    expect(api.received.filter((r) => r.path === 'templates')).toHaveLength(2);
});

test('a list of several pages is read to its end, once', async () => {
    const api = fullWorld();
    api.queues = Array.from({length: 401}, (_, i) => ({...api.queues[0]!, id: `q${i}`}));
    const queues = await apiOver(api).queues();
    expect(new Set(queues.map((q) => q.id)).size).toBe(401);
    expect((await apiOver(api).templates({per_page: 2}) satisfies Page<Template>).items).toHaveLength(2);
});
