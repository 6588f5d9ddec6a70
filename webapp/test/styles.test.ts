// @vitest-environment node
import {readFileSync, readdirSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {expect, test} from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(src, {recursive: true, encoding: 'utf8'});
const modules = files.filter((f) => f.endsWith('.module.css'));
const sources = files.filter((f) => f.endsWith('.tsx')).map((f) => ({file: f, text: readFileSync(join(src, f), 'utf8')}));

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((m) => String(m[1]));

/** The classes that a module declares. */
const declared = (module: string) => new Set(matches(readFileSync(join(src, module), 'utf8').replace(/\/\*.*?\*\/|:global\([^)]*\)|\{[^}]*\}/gs, ' '), /\.([a-zA-Z]+)/g));

/** The classes of a module that the sources name, and whether one of them chooses a class by a computed name. */
function used(module: string) {
    const names = new Set<string>();
    let computed = false;
    for (const {file, text} of sources) {
        for (const [, variable, path] of text.matchAll(/import (\w+) from '([^']+\.module\.css)'/g)) {
            const imported = String(path).startsWith('src/') ? String(path).slice(4) : join(dirname(file), String(path));
            if (imported === module) {
                matches(text, new RegExp(`\\b${variable}\\.(\\w+)`, 'g')).forEach((name) => names.add(name));
                computed ||= text.includes(`${variable}[`);
            }
        }
    }
    return {names, computed};
}

test('no two modules have the same file name, of which the names of the classes are made', () => {
    const names = modules.map((m) => basename(m));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test.each(modules)('%s declares the classes that are used, and no others', (module) => {
    const classes = declared(module);
    const {names, computed} = used(module);
    expect([...names].filter((name) => !classes.has(name))).toEqual([]);
    expect(computed ? [] : [...classes].filter((name) => !names.has(name))).toEqual([]);
});
