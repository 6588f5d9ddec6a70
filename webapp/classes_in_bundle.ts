import type {Plugin} from 'vite';

import {className} from './class_names.ts';

const maker = '\0classes';

/**
 * Makes the names of a style sheet's classes where they are used. Vite puts a list of them into the script for each module; since they
 * follow from the module's name, one function does for all of them, and they are in the script once, in the styles.
 */
export function classesInBundle(): Plugin {
    return {
        name: 'classes-in-bundle',
        apply: 'build',
        enforce: 'post',
        resolveId: (source) => (source === maker ? maker : undefined),
        load: (id) => (id === maker ? 'export default (block) => new Proxy({}, {get: (_, name) => (name === "root" ? block : block + "__" + name)})' : undefined),
        transform(_code, id) {
            const file = id.split('?')[0]!;
            return file.endsWith('.module.css') ? `import classes from ${JSON.stringify(maker)}; export default classes(${JSON.stringify(className('root', file))})` : undefined;
        },
    };
}
