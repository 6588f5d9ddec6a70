import {basename} from 'node:path';

/**
 * Names the classes of a CSS module after its file, for example `WhatsappAtivoBanner__clock` for `.clock` of banner.module.css and
 * `WhatsappAtivoBanner` for `.root`. Vite's own names change with the file's content; these stay, so that an installation's own style
 * sheet and the tests can rely on them. No two modules may have the same file name, which a test checks.
 */
export function className(local: string, file: string): string {
    const module = basename(file).replace('.module.css', '').replace(/(^|_)([a-z])/g, (_match, _separator, letter) => letter.toUpperCase());
    return local === 'root' ? `WhatsappAtivo${module}` : `WhatsappAtivo${module}__${local}`;
}
