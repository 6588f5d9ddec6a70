import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import type {Plugin} from 'vite';

const languages = ['en.json', 'pt-BR.json'];
const together = '\0texts';

/**
 * Puts the texts of both languages into the script side by side, under one key each: the keys of two whole files are too far
 * apart for gzip to see that they are the same, and are a tenth of what an agent's browser loads.
 */
export function textsInBundle(folder: string): Plugin {
    return {
        name: 'texts-in-bundle',
        apply: 'build',
        enforce: 'pre',
        resolveId(source) {
            const language = languages.indexOf(source.replace('./', ''));
            if (source === together) {
                return together;
            }
            return language < 0 ? undefined : together + language;
        },
        load(id) {
            if (id === together) {
                const [first, ...others] = languages.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>);
                const texts = Object.fromEntries(Object.entries(first ?? {}).map(([key, text]) => [key, [text, ...others.map((o) => o[key])]]));
                return `export default ${JSON.stringify(texts)}`;
            }
            if (!id.startsWith(together)) {
                return undefined;
            }
            const language = id.slice(together.length);
            return `import texts from ${JSON.stringify(together)}; export default Object.fromEntries(Object.entries(texts).map(([key, all]) => [key, all[${language}]]));`;
        },
    };
}
