// @vitest-environment node
import {readFileSync} from 'node:fs';

import {manifest} from 'src/manifest';
import {expect, test} from 'vitest';

test('the id and version are those of plugin.json', () => {
    const {id, version} = JSON.parse(readFileSync(new URL('../../plugin.json', import.meta.url), 'utf8'));
    expect(manifest).toEqual({id, version});
    expect(manifest.id).toBe('whatsapp-ativo');
    expect(manifest.version).toMatch(/^\d+\.\d+\.\d+/);
});
