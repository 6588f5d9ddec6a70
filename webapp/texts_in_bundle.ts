import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import type {Plugin} from 'vite';

/** The file that names the texts. The others have the same keys. */
const languages = ['en.json', 'pt-BR.json'];
const mark = '\0texts/';

/**
 * Puts the texts into the script without their keys, each under its number, by which the sources ask for it there: the keys are an eighth
 * of what an agent's browser would load, and nobody reads them in it.
 */
export function textsInBundle(folder: string): Plugin {
    const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>;
    const prefix = Object.keys(read(languages[0]!))[0]!.replace(/\..*/, '.'); // the same for all
    const numbers = new Map(Object.keys(read(languages[0]!)).map((key, i) => [key, prefix + i.toString(36)]));
    const literal = new RegExp(`(['"])(${prefix.replaceAll('.', '\\.')}[a-z0-9_.]+)\\1`, 'g');
    return {
        name: 'texts-in-bundle',
        apply: 'build',
        enforce: 'pre',
        resolveId: (source) => {
            const file = source.replace('./', '');
            return languages.includes(file) ? mark + file.replace('.json', '') : undefined;
        },
        load: (id) => {
            if (!id.startsWith(mark)) {
                return undefined;
            }
            const texts = read(`${id.slice(mark.length)}.json`);
            return `export default Object.fromEntries(${JSON.stringify([...numbers.keys()].map((key) => texts[key]))}.map((text, i) => [${JSON.stringify(prefix)} + i.toString(36), text]))`;
        },
        transform: (code, id) => ((/\/src\/.*\.tsx?$/).test(id) ? code.replace(literal, (whole, quote, key) => (numbers.has(key) ? quote + numbers.get(key) + quote : whole)) : undefined),
    };
}
