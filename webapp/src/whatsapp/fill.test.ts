import type {StartTemplate} from 'src/api/types';
import {fillTemplate} from 'src/whatsapp/fill';
import {pieces} from 'src/whatsapp/marks';
import {expect, test} from 'vitest';

const template = (change: Partial<StartTemplate>): StartTemplate => ({
    id: 't1',
    name: 'visita',
    title: '',
    language: 'pt_BR',
    category: 'UTILITY',
    price: null,
    currency: '',
    header: {format: '', text: ''},
    text: '',
    footer: '',
    buttons: [],
    offer: '',
    cards: [],
    variables: [],
    usable: true,
    why: '',
    ...change,
});

test('values go to their elements, in the header by number', () => {
    const filled = fillTemplate(template({header: {format: 'TEXT', text: 'Pedido {{pedido}}'}, text: 'Olá {{ nome }}, {{nome}}!'}), {header_1: ' 7 ', body_nome: '{{x}}'});
    expect(filled).toMatchObject({header: 'Pedido 7', media: '', body: 'Olá {{x}}, {{x}}!'});
});

test('what is missing shows its label, or its name', () => {
    const variables = [{element: 'body_1', kind: 'text' as const, name: '1', label: 'Nome', example: '', default: '', max: 10}];
    expect(fillTemplate(template({text: '{{1}} e {{2}}', variables}), {body_1: ' '}).body).toBe('[Nome] e [2]');
});

test('a header that is a file has its kind', () => {
    expect(fillTemplate(template({header: {format: 'IMAGE', text: ''}}), {})).toMatchObject({header: '', media: 'IMAGE'});
});

test('cards and an offer are filled in by their own elements', () => {
    const card = {header: {format: 'IMAGE', text: ''}, text: 'Por {{1}}', footer: '', buttons: [{type: 'QUICK_REPLY', text: 'Quero', url: ''}]};
    const filled = fillTemplate(
        template({text: 'Olá {{1}}', offer: 'Só hoje', cards: [card, card], buttons: [{type: 'COPY_CODE', text: '', url: ''}]}),
        {body_1: 'Ana', card_1_body_1: 'R$ 9', card_2_body_1: 'R$ 8', button_0: 'ANA10', limited_time_offer_1: '2026-12-31T18:00'},
    );
    expect(filled).toMatchObject({body: 'Olá Ana', offer: 'Só hoje', ends: '2026-12-31T18:00', buttons: [{text: 'ANA10'}], cards: [{media: 'IMAGE', body: 'Por R$ 9'}, {body: 'Por R$ 8'}]});
});

test.each([
    ['a *b* c', [{text: 'a '}, {mark: 'bold', text: 'b'}, {text: ' c'}]],
    ['_i_, ~s~', [{mark: 'italic', text: 'i'}, {text: ', '}, {mark: 'strike', text: 's'}]],
    ['2*3*4', [{text: '2*3*4'}]],
    ['*a\nb*', [{text: '*a\nb*'}]],
    ['', []],
])('the marks of %j', (text, found) => {
    expect(pieces(text)).toEqual(found);
});
