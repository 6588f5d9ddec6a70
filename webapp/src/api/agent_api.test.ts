import type {Client} from 'src/api/client';
import {expect, test} from 'vitest';

import {AgentApi} from './agent_api';

const requests: unknown[][] = [];
const client = {
    request: async (...request: unknown[]) => {
        requests.push(request);
        return {};
    },
} as unknown as Client;
const api = new AgentApi(client);
const root = '/plugins/whatsapp-ativo/api/v1/';

test.each([
    '52998224725', '529.982.247-25', '5299822472', 'CPF 529982247', '11.222.333/0001-81', '11222333000181', '12.ABC.345/01DE-35', '11 98765-4321', 'Maria',
])('what is searched for is in no URL: %s', async (q) => {
    requests.length = 0;
    await api.conversations({mine: '1', queue_id: '', q, state: 'open', page: 2, per_page: 200});
    await api.overview({mine: '1', queue_id: '', q});
    expect(requests).toEqual([
        ['POST', root + 'conversations/search?mine=1&state=open&page=2&per_page=200', {q}],
        ['POST', root + 'conversations/counts?mine=1', {q}],
    ]);
});

test('a list without a search is read', async () => {
    requests.length = 0;
    await api.conversations({mine: '1', q: '', page: 0});
    await api.conversations({contact_id: 'c'});
    await api.overview();
    expect(requests).toEqual([
        ['GET', root + 'conversations?mine=1&page=0'],
        ['GET', root + 'conversations?contact_id=c'],
        ['GET', root + 'conversations/counts'],
    ]);
});
