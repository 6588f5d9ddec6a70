// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {absent} from './chromium';
import {popupOf} from './popup';

describe.skipIf(absent)('a start for later in Chromium', {timeout: 60_000}, () => {
    const chat = new Chat();
    const {dialog, press, type, focusedLabel, path, openPopup} = popupOf(chat);

    test('by keyboard, later: tomorrow at nine unless something else is typed; it is said what was scheduled', async () => {
        await chat.open();
        await chat.button('header 0').focus();
        await press('Enter');
        await expect.poll(focusedLabel).toBe('Modelo');
        await type('boleto');
        await press('Enter');
        await expect.poll(focusedLabel).toBe('Nome do cliente');
        await type('marina');
        await chat.page.getByRole('option', {name: 'Marina Duarte'}).waitFor();
        await press('Enter');
        await expect.poll(focusedLabel).toBe('Primeiro nome');
        await type('Marina');
        await press('Tab', 'Space');
        const field = chat.page.getByLabel('Dia e hora');
        const tomorrow = await chat.page.evaluate(() => new Date().setHours(33, 0, 0, 0));
        const [day] = await chat.page.evaluate((at) => [new Date(at - (new Date(at).getTimezoneOffset() * 60_000)).toISOString().slice(0, 16)], tomorrow);
        expect(await field.inputValue()).toBe(day);
        await expect.poll(() => chat.host.start.checked.at(-1)?.send_at).toBe(tomorrow);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('start-later');
        await press('Control+Enter');
        await dialog().waitFor({state: 'detached'});
        expect(chat.host.start.started.at(-1)!.body.send_at).toBe(tomorrow);
        await chat.page.getByText('Agendado para').waitFor();
        await chat.page.getByText('Aviso de boleto · Marina Duarte').waitFor();
        await chat.screenshot('start-scheduled');
        expect(await path()).toBe(null);
    });

    test.each([[1280, 'light'], [320, 'light'], [320, 'dark']])('the fields of cards and the date stand well in a page of %d px (%s)', async (width, theme) => {
        chat.host.start.offerCarousel();
        await chat.page.setViewportSize({width, height: 800});
        await chat.open(`&theme=${theme}`);
        await openPopup();
        await chat.page.getByRole('group', {name: 'Cartão 2'}).getByLabel('Preço').fill('R$ 9,90');
        await chat.page.getByLabel('Enviar depois').check();
        await chat.page.getByLabel('Dia e hora').scrollIntoViewIfNeeded();
        expect(await chat.page.evaluate(() => Math.max(...[...document.querySelectorAll('[role=dialog] input')].map((e) => e.getBoundingClientRect().right)))).toBeLessThanOrEqual(width);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`start-cards-${theme}-${width}`);
    });

    test('what is refused for now is scheduled with one click', async () => {
        const at = Date.now() + 3_600_000;
        chat.host.start.check = {refusal: {code: 'quiet_hours', message: 'A fila só envia em horário comercial.', next_at: at}};
        await chat.open();
        await openPopup();
        await chat.page.getByLabel('Modelo', {exact: true}).fill('boleto');
        await press('Enter');
        await chat.button(/^Agendar para/).click();
        const [chosen] = await chat.page.evaluate(() => [new Date((document.querySelector('[type=datetime-local]') as HTMLInputElement).value).getTime()]);
        expect(chosen).toBe(Math.ceil(at / 60_000) * 60_000);
        await chat.page.getByLabel('Dia e hora').fill('');
        await press('Control+Enter');
        await chat.page.getByLabel('Dia e hora').and(chat.page.locator('[aria-invalid=true]')).waitFor();
        expect(chat.host.start.started).toEqual([]);
    });
});
