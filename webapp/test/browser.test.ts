// @vitest-environment node
import {fileURLToPath} from 'node:url';

import type {Browser, Page} from 'playwright-core';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';

import {buildHost, buildPlugin} from './build';
import {absent, launch} from './chromium';
import type {FakeWebClient} from './fake_web_client';
import {startHostServer} from './host_server';

const screenshot = (name: string) => fileURLToPath(new URL(`../test-results/${name}.png`, import.meta.url));

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
        host.answer = {status: 200, body: {trigger_id: 'trigger1'}};
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

    test.each(['Criar Atendimento', 'whatsapp-ativo'])('a click on "%s" runs the command and the dialog opens', async (name) => {
        await page.goto(host.url);
        const answered = page.waitForResponse('**/api/v4/commands/execute');
        await page.getByRole('button', {name}).first().click();
        expect((await answered).status()).toBe(200);
        expect(host.executed).toEqual([{
            path: '/chat/api/v4/commands/execute',
            body: {command: '/whatsapp novo', channel_id: 'channel1', team_id: 'team1'},
        }]);

        await page.evaluate(() => {
            (window as unknown as {client: FakeWebClient}).client.receiveDialog({trigger_id: 'trigger1', title: 'Dialog'});
        });
        await page.getByRole('dialog').waitFor();
    });

    test.each([
        ['light', 'pt-BR', 'Criar Atendimento', 'Fechar aviso'],
        ['dark', 'en', 'New conversation', 'Close notice'],
    ])('an error is shown on a %s page (%s) and closed with the keyboard', async (theme, locale, action, close) => {
        host.answer = {status: 404, body: {message: 'A text of the server about the command "whatsapp".'}};
        await page.goto(`${host.url}?theme=${theme}&locale=${locale}`);
        await page.getByRole('button', {name: action}).click();
        const alert = page.getByRole('alert');
        await alert.getByText('A text of the server').waitFor();

        // From the header button past the next and the app bar's to the notice's.
        for (let i = 0; i < 4; i++) {
            // eslint-disable-next-line no-await-in-loop
            await page.keyboard.press('Tab');
        }
        expect(await page.getByRole('button', {name: close}).evaluate((e) => e === document.activeElement)).toBe(true);
        await page.screenshot({path: screenshot(`notice-${theme}`)});
        const box = await alert.locator('.WhatsappAtivoNotice__box').evaluate((e) => getComputedStyle(e).backgroundColor);
        expect(box).toBe(theme === 'dark' ? 'rgb(31, 31, 31)' : 'rgb(255, 255, 255)');

        await page.keyboard.press('Enter');
        await alert.getByText('A text of the server').waitFor({state: 'detached'});
    });

    test('the alert region of an empty notice takes no clicks', async () => {
        await page.goto(host.url);
        await page.getByRole('alert').waitFor({state: 'attached'});
        const events = await page.getByRole('alert').evaluate((e) => getComputedStyle(e).pointerEvents);
        expect(events).toBe('none');
    });
});
