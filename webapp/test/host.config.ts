import {fileURLToPath} from 'node:url';

import {defineConfig} from 'vite';

import {reactAliases} from '../react_version.ts';

/** How the host page's script is bundled, with React and the rest in it. */
export default defineConfig({
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'error',
    resolve: {alias: reactAliases},
    define: {'process.env.NODE_ENV': '"production"'},
    build: {minify: false, lib: {entry: 'test/host.tsx', formats: ['iife'], name: 'Host', fileName: () => 'host.js'}},
});
