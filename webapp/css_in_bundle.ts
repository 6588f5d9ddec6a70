import type {Plugin} from 'vite';

/** Vite ends the style sheet with a comment for its own use. */
const viteMark = /\/\*\$vite\$:\d+\*\//;

/**
 * Mattermost loads one script of a plugin and no style sheet, so the collected style sheet goes into the script, which adds it to
 * the page when it is loaded.
 */
export function cssInBundle(): Plugin {
    return {
        name: 'css-in-bundle',
        apply: 'build',
        enforce: 'post',
        generateBundle(_options, bundle) {
            let css = '';
            for (const [name, output] of Object.entries(bundle)) {
                if (output.type === 'asset' && name.endsWith('.css')) {
                    css += String(output.source).replace(viteMark, '').trim();
                    delete bundle[name];
                }
            }
            if (!css) {
                return;
            }
            const script = `document.head.appendChild(document.createElement("style")).textContent=${JSON.stringify(css)};`;
            for (const output of Object.values(bundle)) {
                if (output.type === 'chunk' && output.isEntry) {
                    output.code = script + output.code;
                }
            }
        },
    };
}
