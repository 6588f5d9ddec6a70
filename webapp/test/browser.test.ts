// @vitest-environment node
import type {Browser, Page} from 'playwright-core';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';

import {buildHost, buildPlugin} from './build';
import {absent, launch} from './chromium';
import {startHostServer} from './host_server';

describe.skipIf(absent)('the built bundle in Chromium', () => {
    let host: Awaited<ReturnType<typeof startHostServer>>;
    let browser: Browser;
    let page: Page;
    let problems: string[];

    beforeAll(async () => {
        host = await startHostServer({'host.js': await buildHost(), 'main.js': String(buildPlugin()['main.js'])});
        browser = await launch();
    }, 60_000);

    afterAll(async () => {
        await browser?.close();
        host?.close();
    });

    beforeEach(async () => {
        host.executed.length = 0;
        problems = [];
        page = await browser.newPage({viewport: {width: 900, height: 420}});
        page.on('pageerror', (error) => problems.push(error.message));
        page.on('console', (message) => {
            if (message.type() === 'error' && !message.text().includes('Failed to load resource')) {
                problems.push(message.text());
            }
        });
    });

    afterEach(async () => {
        await page.close();
        expect(problems).toEqual([]);
    });

    test.each(['Criar Atendimento', 'whatsapp-ativo'])('a click on "%s" opens the popup', async (name) => {
        await page.goto(host.url);
        await page.getByRole('button', {name}).first().click();
        await page.getByRole('dialog').getByLabel('Modelo', {exact: true}).waitFor();
        expect(host.executed).toEqual([]);
    });

    test('the alert region of an empty notice takes no clicks', async () => {
        await page.goto(host.url);
        await page.getByRole('alert').waitFor({state: 'attached'});
        const events = await page.getByRole('alert').evaluate((e) => getComputedStyle(e).pointerEvents);
        expect(events).toBe('none');
    });
});
