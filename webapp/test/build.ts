import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {build} from 'vite';

import host from './host.config';

const webapp = fileURLToPath(new URL('..', import.meta.url));

/** Runs `vite build` as `npm run build` does, into a folder of its own. Returns the files it made, by name. */
export function buildPlugin(): Record<string, string> {
    const outDir = mkdtempSync(join(tmpdir(), 'whatsapp-ativo-'));
    try {
        // A process of its own: under the test runner NODE_ENV is `test`, and the bundle would be a development one.
        execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--outDir', outDir, '--logLevel', 'error'], {
            cwd: webapp,
            env: {...process.env, NODE_ENV: 'production'},
        });
        return Object.fromEntries(readdirSync(outDir).map((name) => [name, readFileSync(join(outDir, name), 'utf8')]));
    } finally {
        rmSync(outDir, {recursive: true});
    }
}

/** Bundles the host page's script in memory. */
export async function buildHost(): Promise<string> {
    const result = await build({...host, configFile: false, build: {...host.build, write: false}});
    const [output] = Array.isArray(result) ? result : [];
    const chunk = output?.output[0];
    if (chunk?.type !== 'chunk') {
        throw new Error('the host page was not built');
    }
    return chunk.code;
}
