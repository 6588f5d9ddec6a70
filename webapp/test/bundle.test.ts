// @vitest-environment node
import {gzipSync} from 'node:zlib';

import {translations} from 'src/i18n';
import {beforeAll, expect, test, vi} from 'vitest';

import {buildPlugin} from './build';

let files: Record<string, string>;

beforeAll(() => {
    files = buildPlugin();
}, 60_000); // a busy machine takes its time

test('the bundle is one script', () => {
    expect(Object.keys(files)).toEqual(['main.js']);
});

test('the bundle stays small: what the web client exports is not in it', () => {
    expect(gzipSync(String(files['main.js'])).length).toBeLessThan(70_000);
});

test('all texts are in the bundle, their keys are not', () => {
    for (const [key, text] of ['en', 'pt-BR'].flatMap((locale) => Object.entries(translations(locale)))) {
        expect(files['main.js']).not.toContain(key);
        expect(files['main.js']!.includes(JSON.stringify(text)) || files['main.js']!.includes(text), text).toBe(true);
    }
});

test('the bundle is the same whichever React the tests run on', () => {
    vi.stubEnv('REACT', process.env.REACT === '19' ? '18' : '19');
    expect(buildPlugin()).toEqual(files);
}, 60_000);

test('the bundle runs with nothing but the globals of the web client', () => {
    const registered: unknown[][] = [];
    const {window, document} = globals(registered);
    // eslint-disable-next-line no-new-func
    const run = new Function('window', 'document', 'React', 'ReactDOM', 'ReactIntl', 'ReactRedux', String(files['main.js']));
    run(window, document, {createContext: () => ({})}, {}, {}, {});
    expect(registered).toHaveLength(1);
    expect(registered[0]?.[0]).toBe('whatsapp-ativo');
    expect(registered[0]?.[1]).toHaveProperty('initialize');
});

function globals(registered: unknown[][]) {
    return {
        window: {registerPlugin: (...args: unknown[]) => registered.push(args)},
        document: {head: {appendChild: (e: unknown) => e}, createElement: () => ({})},
    };
}
