import {existsSync, readdirSync, readFileSync} from 'node:fs';

import {describe, expect, it} from 'vitest';

import {componentsOf, emptyDraft, readDraft, variablesOf} from './draft';
import type {Draft, Json} from './draft';

const draft: Draft = {
    format: 'TEXT',
    header: 'Pedido {{1}}!',
    sample: '',
    body: 'Olá {{2}}, o pedido {{1}} saiu hoje.',
    footer: 'Loja',
    buttons: [{type: 'QUICK_REPLY', text: 'Certo', value: '', example: ''}, {type: 'URL', text: 'Ver', value: 'https://loja.example/{{1}}', example: 'https://loja.example/a'}],
    examples: {'header 1': '12', 'body 1': '12', 'body 2': 'Ana'},
};

describe('draft', () => {
    it('writes what Meta expects', () => {
        expect(componentsOf(draft)).toEqual([
            {type: 'HEADER', format: 'TEXT', text: 'Pedido {{1}}!', example: {header_text: ['12']}},
            {type: 'BODY', text: 'Olá {{2}}, o pedido {{1}} saiu hoje.', example: {body_text: [['12', 'Ana']]}},
            {type: 'FOOTER', text: 'Loja'},
            {type: 'BUTTONS', buttons: [{type: 'QUICK_REPLY', text: 'Certo'}, {type: 'URL', text: 'Ver', url: 'https://loja.example/{{1}}', example: ['https://loja.example/a']}]},
        ]);
        expect(readDraft(componentsOf(draft))).toEqual(draft);
    });
    it('writes named variables', () => {
        const named = {...emptyDraft, body: 'Olá {{nome}}, tudo bem?', examples: {'body nome': 'Ana'}};
        expect(componentsOf(named)).toEqual([{type: 'BODY', text: 'Olá {{nome}}, tudo bem?', example: {body_text_named_params: [{param_name: 'nome', example: 'Ana'}]}}]);
        expect(readDraft(componentsOf(named))).toEqual(named);
        expect(variablesOf('{{b}} {{ a }} {{b}}')).toEqual(['b', 'a']);
    });
    it('leaves what it would lose to Meta', () => {
        expect(readDraft([{type: 'BODY', text: 'Oi'}, {type: 'CAROUSEL', cards: []}])).toBeUndefined();
        expect(readDraft([{type: 'BODY', text: 'Oi', add_security_recommendation: true}])).toBeUndefined();
    });
});

/** Templates collected from elsewhere, which are no part of the project. */
const folder = '../../../shared/fixtures/templates';

describe.skipIf(!existsSync(folder))('every collected template comes back as it was, or with a reason', () => {
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
        it(file, () => {
            const parsed = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
            const templates: Array<{components?: Json[]}> = Array.isArray(parsed) ? [{components: parsed}] : parsed.data ?? [parsed];
            for (const {components} of templates) {
                const read = readDraft(components ?? []);
                if (read) {
                    expect(readDraft(componentsOf(read))).toEqual(read);
                } else {
                    expect(reasons(components ?? []), JSON.stringify(components)).not.toEqual([]);
                }
            }
        });
    }
});

/** Why a template is not for this editor. */
function reasons(components: Json[]): string[] {
    const found = components.length ? [] : ['no components'];
    const kinds = components.map((c) => String(c.type).toUpperCase());
    found.push(...kinds.filter((kind) => !['HEADER', 'BODY', 'FOOTER', 'BUTTONS'].includes(kind)));
    const order = ['HEADER', 'BODY', 'FOOTER', 'BUTTONS'].filter((kind) => kinds.includes(kind));
    if (kinds.join() !== order.join()) {
        found.push('another order');
    }
    if (!kinds.includes('BODY')) {
        found.push('no body');
    }
    for (const c of components) {
        found.push(...Object.keys(c).filter((key) => !['type', 'format', 'text', 'example', 'buttons'].includes(key)));
        for (const b of (c.buttons ?? []) as Json[]) {
            found.push(...['QUICK_REPLY', 'URL', 'PHONE_NUMBER'].includes(String(b.type).toUpperCase()) ? [] : [String(b.type)]);
            found.push(...Object.keys(b).filter((key) => !['type', 'text', 'url', 'phone_number', 'example'].includes(key)));
        }
    }
    return found;
}
