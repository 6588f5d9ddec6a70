// @vitest-environment node
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

import {translations} from 'src/i18n';
import {manifest} from 'src/manifest';
import {expect, test} from 'vitest';

const en = translations('en');
const ptBR = translations('pt-BR');

/** The text keys written in the sources, by the prefix that all of them have. */
function usedKeys(): Set<string> {
    const root = join(import.meta.dirname, '..');
    const sources = readdirSync(root, {recursive: true, encoding: 'utf8'}).filter((f) => (/\.tsx?$/).test(f) && !f.includes('.test.'));
    expect(sources.length).toBeGreaterThan(5);
    const key = new RegExp(`['"\`](${manifest.id}\\.[a-z0-9_.]+)['"\`]`, 'g');
    return new Set(sources.flatMap((f) => [...readFileSync(join(root, f), 'utf8').matchAll(key)].map((m) => String(m[1]))));
}

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((m) => m[1]).sort();

test('both languages have the same keys, sorted', () => {
    expect(Object.keys(ptBR)).toEqual(Object.keys(en));
    expect(Object.keys(en)).toEqual(Object.keys(en).sort());
});

test('each key that is used exists, and each that exists is used', () => {
    expect([...usedKeys()].sort()).toEqual(Object.keys(en));
});

test.each(Object.entries(en))('%s has a text and the same placeholders in both languages', (key, text) => {
    const translated = ptBR[key as keyof typeof ptBR];
    expect(text.trim()).not.toBe('');
    expect(translated.trim()).not.toBe('');
    expect(placeholders(translated)).toEqual(placeholders(text));
});

test.each([
    ['pt-BR', 'Criar Atendimento'],
    ['pt', 'Criar Atendimento'],
    ['en', 'New conversation'],
    ['en-AU', 'New conversation'],
    ['de', 'New conversation'],
])('the texts for %s', (locale, text) => {
    expect(translations(locale)['whatsapp-ativo.start.action']).toBe(text);
});
