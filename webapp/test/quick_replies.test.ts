// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {openConversation} from './chat_world';
import {absent} from './chromium';

describe.skipIf(absent)('quick replies in Chromium', () => {
    const chat = new Chat();

    test('a reply is looked for in the banner and put into the composer, behind what is there', async () => {
        await chat.open();
        const reply = (shortcut: string, title: string, text: string) => ({id: shortcut.padEnd(26, '0'), scope: 'queue' as const, queue_id: 'q', shortcut, title, text, created_at: 1, updated_at: 1});
        chat.host.chat.replies = [reply('pix', 'Chave Pix', '{{saudacao}}, {{primeiro_nome}}! A chave é 123.'), reply('tchau', '', 'Até logo!')];
        await openConversation(chat.page, chat.host.chat.rows.findIndex((r) => r.state === 'open'));
        await chat.page.getByLabel('composer').fill('Então:');
        await chat.button('Resposta rápida').click();
        await chat.page.getByPlaceholder('Atalho, título ou palavra').fill('chave');
        await expect.poll(() => chat.page.getByRole('button', {name: 'tchau'}).count()).toBe(0);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('chat-quick-reply');
        await chat.page.keyboard.press('Enter');
        await expect.poll(() => chat.page.getByLabel('composer').inputValue()).toBe('Então: bom dia, Marina! A chave é 123.');
        expect(await chat.page.evaluate(() => document.activeElement?.id)).toBe('post_textbox');

        await chat.button('Resposta rápida').click();
        await chat.page.getByPlaceholder('Atalho, título ou palavra').fill('nada assim');
        await chat.page.getByText('Nenhuma resposta encontrada.').waitFor();
        await chat.page.keyboard.press('Escape');
    });
});
