// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {openConversation, setEntities} from './chat_world';
import {absent} from './chromium';
import {idOf} from './fake_conversations';

describe.skipIf(absent)('what stands in a channel, and above the page, in Chromium', () => {
    const chat = new Chat();

    test('who speaks: the customer by name and initials, once for words that follow each other; our lines are quieter', async () => {
        await chat.open();
        await openConversation(chat.page, 4);
        const speakers = chat.page.locator('.WhatsappAtivoSpeaker');
        await speakers.first().waitFor();
        expect(await speakers.first().innerText()).toBe('MD\nMarina Duarte\nCliente');
        const places = await chat.page.evaluate(() => [...document.querySelectorAll('.WhatsappAtivoSpeaker')].map((speaker) => {
            const [own, text] = [speaker, speaker.parentElement!.querySelector('.post-message__text')!].map((e) => e.getBoundingClientRect());
            return own!.height < 2 ? 'unseen' : own!.bottom <= text!.top && 'above';
        }));
        expect(places).toEqual(['above', 'unseen']);
        const size = (text: string) => chat.page.getByText(text).evaluate((e) => getComputedStyle(e).fontSize);
        expect(await size('O cliente respondeu: a janela está aberta')).toBe('12px');
        expect(await size('Pode vir!')).toBe('14px');

        // Where the server shows the name itself, it is not there twice.
        await setEntities(chat.page, {general: {config: {EnablePostUsernameOverride: 'true'}}});
        expect(await speakers.first().innerText()).toBe('MD\nCliente');
    });

    test('a voice note is played where it stands', async () => {
        await chat.open();
        await openConversation(chat.page, 4);
        const post = (id: string, kind: string, files: string[]) => ({id, channel_id: idOf('h', 4), root_id: '', message: '', user_id: 'cliente', create_at: 1, type: '', props: {waa_kind: kind}, file_ids: files});
        await setEntities(chat.page, {
            posts: {posts: {post2: post('post2', 'inbound', ['voice', 'picture']), post3: post('post3', 'inbound', ['picture']), post4: post('post4', '', ['voice'])}},
            files: {files: {voice: {id: 'voice', mime_type: 'audio/ogg'}, picture: {id: 'picture', mime_type: 'image/png'}}},
        });
        const player = chat.page.getByLabel('Mensagem de voz do cliente');
        await player.waitFor();
        expect(await chat.page.locator('audio').count()).toBe(1);
        expect(await player.getAttribute('src')).toMatch(/\/api\/v4\/files\/voice$/);
    });

    test.each([
        ['light', 'pt-BR', 'Enviar modelo', 'Fechar aviso'],
        ['dark', 'en', 'Send template', 'Close notice'],
    ])('an error is shown on a %s page (%s) and closed with the keyboard', async (theme, locale, action, close) => {
        chat.host.answer = {status: 404, body: {message: 'A text of the server about the command "whatsapp".'}};
        await chat.open(`&theme=${theme}&locale=${locale}`);
        await openConversation(chat.page, 4);
        await chat.button(action).first().click();
        const alert = chat.page.getByRole('alert').getByText('A text of the server');
        await alert.waitFor();
        await chat.button(close).focus();
        await chat.screenshot(`notice-${theme}`);
        const box = await chat.page.locator('.WhatsappAtivoNotice__box').evaluate((e) => getComputedStyle(e).backgroundColor);
        expect(box).toBe(theme === 'dark' ? 'rgb(31, 31, 31)' : 'rgb(255, 255, 255)');
        await chat.page.keyboard.press('Enter');
        await alert.waitFor({state: 'detached'});
    });
});
