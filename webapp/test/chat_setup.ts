import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';

import type {AxeResults} from 'axe-core';
import type {Browser, Page} from 'playwright-core';
import {afterAll, afterEach, beforeAll, beforeEach, expect} from 'vitest';

import {buildHost, buildPlugin} from './build';
import {launch} from './chromium';
import {FakeConversations} from './fake_conversations';
import {FakeStart} from './fake_start';
import {startHostServer} from './host_server';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The outermost elements of ours. */
const ours = ['.WhatsappAtivoPanel', '.WhatsappAtivoPanel__pane', '.WhatsappAtivoCustomer', '.WhatsappAtivoBanner', '.WhatsappAtivoPostStatus', '.WhatsappAtivoTemplate', '.WhatsappAtivoNote', '.WhatsappAtivoModal', '.WhatsappAtivoSpeaker'];

/** A host page in a browser, a new one for each test of a group. A test fails where the page reported an error. */
export class Chat {
    host!: Awaited<ReturnType<typeof startHostServer>>;
    page!: Page;
    private browser?: Browser;
    private problems: string[] = [];

    constructor() {
        beforeAll(async () => {
            this.host = await startHostServer({'host.js': await buildHost(), 'main.js': String(buildPlugin()['main.js'])});
            this.browser = await launch();
        }, 60_000);
        afterAll(async () => {
            await this.browser?.close();
            this.host?.close();
        });
        beforeEach(async () => {
            this.host.executed.length = 0;
            this.host.answer = {status: 200, body: {}};
            this.host.chat = new FakeConversations(60);
            this.host.start = new FakeStart();
            this.host.down = false;
            this.problems = [];
            this.page = await this.browser!.newPage({viewport: {width: 1280, height: 800}});
            this.page.on('pageerror', (error) => this.problems.push(error.message));
            this.page.on('console', (message) => {
                if (message.type() === 'error' && !message.text().includes('Failed to load resource')) {
                    this.problems.push(message.text());
                }
            });
        });
        afterEach(async () => {
            await this.page.close();
            expect(this.problems).toEqual([]);
        });
    }

    open = (more = '') => this.page.goto(`${this.host.url}?page=chat${more}`);
    button = (name: string | RegExp) => this.page.getByRole('button', {name});
    tab = (name: string | RegExp) => this.page.getByRole('tab', {name});
    text = (text: string) => this.page.getByText(text, {exact: true});
    rows = () => this.page.getByRole('listitem');

    /** Opens the list, at the conversations that wait for their customer. */
    openList = async (tab: string | RegExp = /Aguardando|Waiting/) => {
        await this.button('header 1').click();
        await this.tab(tab).click();
    };
    commands = () => this.host.executed.map((e) => (e.body as {command?: string}).command);
    focused = () => this.page.evaluate(() => document.activeElement?.textContent ?? '');
    posted = () => this.page.evaluate(() => JSON.parse(document.body.dataset.posted ?? 'null'));
    shown = () => this.page.locator('.WhatsappAtivoRow__name').allInnerTexts();
    screenshot = (name: string) => this.page.screenshot({path: fileURLToPath(new URL(`../test-results/${name}.png`, import.meta.url))});

    /** What axe finds wrong with our elements on the page. */
    findings = async (): Promise<string[]> => {
        await this.page.addScriptTag({path: axe});
        const {violations} = await this.page.evaluate((selectors) => (window as unknown as {axe: {run: (on: object) => Promise<AxeResults>}}).axe.run({
            include: selectors.filter((s) => document.querySelector(s)).map((s) => [s]),
        }), ours);
        return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html} ${n.failureSummary}`));
    };
}
