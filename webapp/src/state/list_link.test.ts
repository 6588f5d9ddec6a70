import {expect, test} from 'vitest';

import type {Filter} from './conversation_list';
import {linkedFilter, listLink} from './list_link';

const queue = 'q'.repeat(26);
const ana = 'a'.repeat(26);

test.each<Filter>([
    {tab: 'serving', scope: 'all', q: '', attendant: '', waits: ''},
    {tab: 'open', scope: queue, q: '', attendant: ana, waits: '60'},
    {tab: 'unclaimed', scope: 'mine', q: '', attendant: '', waits: '0'},
])('a link opens the list that it was made of: %o', (filter) => {
    expect(linkedFilter(listLink(filter))).toEqual(filter);
});

test('what is searched for is in no link', () => {
    expect(listLink({tab: 'open', scope: 'all', q: '529.982.247-25'})).toBe('#whatsapp-ativo?tab=open&scope=all');
});

test.each(['', '#', '#top', '#whatsapp-ativo', '#whatsapp-ativo?tab=x&scope=all', '#whatsapp-ativo?tab=open&scope=x', '#whatsapp-ativo?tab=open&scope=all&waits=-1', '#whatsapp-ativo?tab=open&scope=all&attendant=x'])('no link of ours: %s', (hash) => {
    expect(linkedFilter(hash)).toBeUndefined();
});
