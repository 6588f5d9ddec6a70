import {fileURLToPath} from 'node:url';

import {defineConfig} from 'vitest/config';

import {className} from './class_names.ts';
import {classesInBundle} from './classes_in_bundle.ts';
import {cssInBundle} from './css_in_bundle.ts';
import {reactAliases} from './react_version.ts';
import {textsInBundle} from './texts_in_bundle.ts';

/**
 * What the Mattermost web client puts on `window` for plugins, by package name. Never bundled: a second copy of React breaks
 * hooks, and a second react-intl hides our texts from the client's aria labels. `react/jsx-runtime` is not among them, hence
 * the classic JSX transform.
 */
const externals: Record<string, string> = {
    luxon: 'Luxon',
    'prop-types': 'PropTypes',
    react: 'React',
    'react-bootstrap': 'ReactBootstrap',
    'react-dom': 'ReactDOM',
    'react-intl': 'ReactIntl',
    'react-redux': 'ReactRedux',
    'react-router-dom': 'ReactRouterDom',
    redux: 'Redux',
};

export default defineConfig({
    oxc: {jsx: {runtime: 'classic'}},
    plugins: [classesInBundle(), cssInBundle(), textsInBundle(fileURLToPath(new URL('src/i18n', import.meta.url)))],
    css: {modules: {generateScopedName: className}},
    resolve: {alias: [{find: /^src(?=\/)/, replacement: fileURLToPath(new URL('src', import.meta.url))}, ...reactAliases]},

    // The tests read ../plugin.json and ../assets.
    server: {fs: {allow: ['..']}},
    build: {
        target: 'es2022',
        lib: {entry: 'src/index.tsx', formats: ['iife'], name: 'WhatsappAtivo', fileName: () => 'main.js'},
        rolldownOptions: {external: Object.keys(externals), output: {globals: externals}},
    },

    // Vitest and not jest: it reads TypeScript, JSON and SVG imports with the bundler's own configuration, without a Babel chain.
    test: {
        environment: 'happy-dom',
        include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
        restoreMocks: true,

        // A browser on a busy machine takes its time.
        testTimeout: 60_000,
        unstubGlobals: true,
    },
});
