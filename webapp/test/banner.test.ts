// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {changed, openConversation, setEntities} from './chat_world';
import {absent} from './chromium';
import {idOf} from './fake_conversations';

describe.skipIf(absent)('the banner over the composer in Chromium', {timeout: 60_000}, () => {
    const chat = new Chat();

    test('a call to a colleague stays in the composer of an open window, for a note', async () => {
        await chat.open();
        await openConversation(chat.page, 1);
        await setEntities(chat.page, {users: {profiles: {u1: {id: 'u1', locale: 'pt-BR', username: 'ana'}, u3: {id: 'u3', username: 'carla'}}}});
        await chat.page.locator('.WhatsappAtivoBanner__open').waitFor();
        const composer = chat.page.getByLabel('composer');
        await composer.fill('@carla pode ver isto?');
        await composer.press('Enter');
        await chat.page.getByText('Não enviado: @carla é da equipe').waitFor();
        expect(await composer.inputValue()).toBe('@carla pode ver isto?');
        expect(await chat.button('Enviar agora').count() + await chat.button('Guardar para depois').count()).toBe(0);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('chat-refused-mention');
        await chat.button('Publicar como nota').click();
        await expect.poll(() => composer.inputValue()).toBe('');
        expect(chat.host.executed.at(-1)).toMatchObject({body: {message: '@carla pode ver isto?', type: 'custom_waa_note'}});

        await composer.fill('Escreva para ana@empresa.com, @fulano');
        await composer.press('Enter');
        await expect.poll(() => chat.posted()).toMatchObject({message: 'Escreva para ana@empresa.com, @fulano', type: ''});
    });

    test('a text for a closed conversation is offered to go once it is reopened', async () => {
        chat.host.chat.change(idOf('c', 0), {state: 'closed'});
        await chat.open();
        await openConversation(chat.page, 0);
        await chat.page.locator('.WhatsappAtivoBanner__closed').waitFor();
        const composer = chat.page.getByLabel('composer');
        await composer.fill('Bom dia, Marina');
        await composer.press('Enter');
        const offer = chat.page.getByRole('alert').filter({hasText: 'seu texto continua na caixa'});
        expect(await offer.getByRole('button').allInnerTexts()).toEqual(['Reabrir', 'Guardar para depois', 'Publicar como nota', 'Continuar editando']);
        await offer.getByRole('button', {name: 'Reabrir'}).click();
        await chat.page.locator('.WhatsappAtivoBanner__waiting').waitFor();
        expect(await composer.inputValue()).toBe('Bom dia, Marina');
        chat.host.chat.change(idOf('c', 0), {state: 'open', window_until: Date.now() + 86_400_000});
        await changed(chat.page, idOf('c', 0));
        await chat.page.getByText('Reaberto: seu texto já pode ir.').waitFor();
        await chat.button('Enviar agora').waitFor();
    });

    test('the countdown goes by the server’s clock, without a list that was read before', async () => {
        chat.host.chat.ahead = 3_600_000;
        chat.host.chat.change(idOf('c', 1), {window_until: Date.now() + 7_190_000});
        await chat.open();
        await openConversation(chat.page, 1);
        await expect.poll(() => chat.page.getByRole('timer').innerText(), {timeout: 5000}).toMatch(/^59 ?min/);
    });

    test.each([['light', 'dark on light'], ['dark', 'light on dark']])('the template on a %s page is %s, and its buttons stand out', async (theme, wanted) => {
        await chat.open(`&theme=${theme}`);
        await openConversation(chat.page, 1);
        await chat.page.locator('.WhatsappAtivoPreview').first().waitFor();
        const [ground, text] = await chat.page.evaluate(() => {
            const {backgroundColor, color} = getComputedStyle(document.querySelector('.WhatsappAtivoPreview')!);
            const lightness = (of: string) => {
                const [r = 0, g = 0, b = 0] = (of.match(/[\d.]+/g) ?? []).map(Number);
                return (r + g + b) / (of.startsWith('color(') ? 3 : 3 * 255);
            };
            return [lightness(backgroundColor), lightness(color)] as const;
        });
        expect(ground > text ? 'dark on light' : 'light on dark').toBe(wanted);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`template-${theme}`);
    });
});
