// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {openConversation} from './chat_world';
import {absent} from './chromium';
import {idOf} from './fake_conversations';

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

    test.each([
        ['light', 'pt-BR', ['Respostas rápidas', 'Nova resposta', 'Atalho (depois de /r)', 'Texto', 'Salvar', 'Editar', 'Importar CSV', 'Excluir', 'Sim', 'Cancelar']],
        ['dark', 'en', ['Quick replies', 'New reply', 'Shortcut (behind /r)', 'Text', 'Save', 'Edit', 'Import CSV', 'Delete', 'Yes', 'Cancel']],
    ] as const)('a supervisor keeps those of the queue, an agent their own (%s, %s)', async (theme, locale, [all, add, shortcut, text, save, edit, fromFile, remove, yes, cancel]) => {
        await chat.open(`&theme=${theme}&locale=${locale}`);
        await chat.openList();
        const {page, host} = chat;
        host.chat.replies = [{id: idOf('r', 90), scope: 'queue', queue_id: idOf('q', 0), shortcut: 'tchau', title: '', text: 'Até logo!', created_at: 1, updated_at: 1}];
        await chat.button(all).click();
        await page.getByRole('heading', {name: 'tchau · Vendas'}).waitFor();
        await chat.screenshot(`replies-all-${theme}`);
        host.chat.replies = [];
        await chat.button(add).click();
        await page.getByLabel(shortcut).fill('oi');
        await page.getByLabel(text).fill('Oi, {{cpf}}!');
        await chat.button(save).click();
        await page.getByText('cpf não existe.').waitFor();
        expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`replies-form-${theme}`);
        await page.getByLabel(text).fill('Oi, {{nome}}!');
        await chat.button(save).click();
        await page.getByRole('heading', {name: 'oi'}).waitFor();
        expect(host.chat.replies).toMatchObject([{scope: 'personal', shortcut: 'oi', text: 'Oi, {{nome}}!'}]);

        await page.getByLabel(all).selectOption('Vendas');
        await page.getByRole('heading', {name: 'oi'}).waitFor({state: 'detached'});
        const file = (content: string) => ({name: 'respostas.csv', mimeType: 'text/csv', buffer: Buffer.from(content)});
        const choose = async (content: string) => {
            const chooser = page.waitForEvent('filechooser');
            await chat.button(fromFile).click();
            await (await chooser).setFiles(file(content));
        };
        await choose('x,,{{cpf}}');
        await page.getByRole('alert').getByText('cpf não existe.').waitFor();
        await choose('shortcut,title,text\npix,Chave Pix,A chave é 123.');
        await page.getByRole('heading', {name: 'pix · Chave Pix'}).waitFor();
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`replies-${theme}`);
        await chat.button(`${edit}: pix`).click();
        await page.getByLabel(text).fill('A chave é 456.');
        await chat.button(save).click();
        await page.getByText('A chave é 456.').waitFor();
        await chat.button(`${edit}: pix`).click();
        await chat.button(cancel).click();
        await chat.button(`${remove}: pix`).click();
        await chat.button(yes).click();
        await page.getByRole('heading', {name: 'pix'}).waitFor({state: 'detached'});
        expect(host.chat.replies.map((r) => r.shortcut)).toEqual(['oi']);

        await page.getByLabel(all).selectOption('Suporte');
        await chat.button(add).waitFor({state: 'detached'});
    });
});
