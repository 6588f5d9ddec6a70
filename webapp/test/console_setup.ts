import type {Browser, Page} from 'playwright-core';
import {afterAll, beforeAll} from 'vitest';

import {buildHost, buildPlugin} from './build';
import {launch} from './chromium';
import {fullWorld} from './fake_world';
import {startHostServer} from './host_server';

/** The System Console in a browser, one page for all tests of a group. */
export class ConsolePage {
    host!: Awaited<ReturnType<typeof startHostServer>>;
    page!: Page;
    private browser?: Browser;

    constructor() {
        beforeAll(async () => {
            this.host = await startHostServer({'host.js': await buildHost(), 'main.js': String(buildPlugin()['main.js'])});
            this.browser = await launch();
            this.page = await this.browser.newPage({viewport: {width: 1100, height: 900}});
        }, 60_000);
        afterAll(async () => {
            await this.browser?.close();
            this.host?.close();
        });
    }

    button = (name: string | RegExp) => this.page.getByRole('button', {name});

    /** Opens a section of an installation that has everything. */
    openSection = async (name: string) => {
        this.host.api = fullWorld();
        await this.page.goto(`${this.host.url}?page=console&locale=pt-BR`);
        await this.page.getByRole('tab', {name}).click();
    };
}
