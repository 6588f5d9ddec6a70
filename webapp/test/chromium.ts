import {existsSync} from 'node:fs';

import {chromium} from 'playwright-core';

/** The system's browser: none is downloaded. */
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** There is none: browser tests are skipped. */
export const absent = !existsSync(executablePath);

if (absent) {
    // eslint-disable-next-line no-console
    console.warn(`Browser tests skipped: no Chromium at ${executablePath}. Install it, or set CHROMIUM_PATH.`);
}

export const launch = () => chromium.launch({
    executablePath,
    args: ['--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    chromiumSandbox: process.getuid?.() !== 0,
});
