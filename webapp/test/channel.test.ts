// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {changed, openConversation, reconnected, setEntities} from './chat_world';
import {absent} from './chromium';
import {idOf} from './fake_conversations';

describe.skipIf(absent)('a conversation’s channel in Chromium', () => {
    const chat = new Chat();

    test.each([
        ['light', 'pt-BR', 'Janela aberta'],
        ['dark', 'en', 'Open'],
    ])('the list and the channel on a %s page (%s) have no finding of axe', async (theme, locale, tab) => {
        chat.host.chat.change(idOf('c', 1), {next_text: {price: 0.04, currency: 'BRL'}});
        await chat.open(`&theme=${theme}&locale=${locale}`);
        await openConversation(chat.page, 1, locale === 'en');
        await chat.page.locator('.WhatsappAtivoBanner__clock').waitFor();
        await chat.page.getByText(locale === 'en' ? 'This message costs R$0.04.' : 'Esta mensagem custa R$ 0,04.').waitFor();
        await chat.openList();
        await chat.rows().first().waitFor();
        expect(await chat.findings()).toEqual([]);
        await chat.tab(tab).click();
        await chat.page.locator('.WhatsappAtivoRow__clock').first().waitFor();
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`chat-${theme}-${locale}`);
    }, 90_000);

    test('a text stays in the composer while it is locked, and is kept for later', async () => {
        await chat.open();
        await openConversation(chat.page, 0);
        await chat.page.getByText('Aguardando resposta').waitFor();
        const composer = chat.page.getByLabel('composer');
        await composer.fill('Bom dia, Marina');
        await composer.press('Enter');
        await chat.page.getByText('Não enviado: o cliente ainda não respondeu.').waitFor();
        expect(await composer.inputValue()).toBe('Bom dia, Marina');
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('chat-refused');
        await chat.button('Guardar para depois').click();
        await expect.poll(() => composer.inputValue()).toBe('');
        expect(chat.host.chat.received).toContainEqual({method: 'POST', path: `conversations/${idOf('c', 0)}/drafts`, body: {text: 'Bom dia, Marina', file_ids: []}});
        expect(await chat.button('Guardar para depois').count()).toBe(0);
        await chat.page.getByText('Seus rascunhos: /whatsapp rascunhos').waitFor();

        // A note is posted with its type.
        await chat.button('Nota interna').click();
        await chat.page.getByText('o cliente não vê').waitFor();
        await composer.fill('Ela prefere a tarde');
        await composer.press('Enter');
        await expect.poll(() => chat.posted()).toMatchObject({message: 'Ela prefere a tarde', type: 'custom_waa_note'});
        await chat.button('Nota interna').click();

        // The state is read again before a text is refused: the customer has written meanwhile.
        chat.host.chat.change(idOf('c', 0), {state: 'open', window_until: Date.now() + 86_400_000});
        await composer.fill('Que bom');
        await composer.press('Enter');
        await expect.poll(() => chat.posted()).toMatchObject({message: 'Que bom', type: ''});
    });

    test('a refused text can be sent once the customer has written, and the reason goes away', async () => {
        await chat.open();
        await openConversation(chat.page, 0);
        await chat.page.getByText('Aguardando resposta').waitFor();
        const composer = chat.page.getByLabel('composer');
        await composer.fill('Bom dia, Marina');
        await composer.press('Enter');
        const reason = chat.page.getByText('Não enviado: o cliente ainda não respondeu.');
        await reason.waitFor();
        chat.host.chat.change(idOf('c', 0), {state: 'open', window_until: Date.now() + 86_400_000});
        await changed(chat.page, idOf('c', 0));
        await chat.page.getByText('O cliente respondeu: seu texto já pode ir.').waitFor();
        await reason.waitFor({state: 'detached'});
        await expect.poll(() => composer.inputValue()).toBe('Bom dia, Marina');
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('chat-refused-open');
        await composer.fill('Bom dia, Marina!');
        await chat.button('Enviar agora').click();
        await expect.poll(() => composer.inputValue()).toBe('');
        expect(chat.host.executed.at(-1)).toMatchObject({path: '/chat/api/v4/posts', body: {channel_id: idOf('h', 0), message: 'Bom dia, Marina!', root_id: ''}});
        expect(await chat.button('Enviar agora').count()).toBe(0);
    });

    test('a text that waits in the composer is offered when the window opens, and the offer goes with the text', async () => {
        await chat.open();
        await openConversation(chat.page, 0);
        await chat.page.getByText('Aguardando resposta').waitFor();
        const composer = chat.page.getByLabel('composer');
        await composer.fill('Bom dia, Marina');
        chat.host.chat.change(idOf('c', 0), {state: 'open', window_until: Date.now() + 86_400_000});
        await changed(chat.page, idOf('c', 0));
        await chat.page.getByText('O cliente respondeu: seu texto já pode ir.').waitFor();
        await composer.fill('');
        await chat.button('Enviar agora').waitFor({state: 'detached'});
    });

    test.each(['maria-souza-pedido', `wa-${idOf('c', 4)}`])('a channel whose address is %s is still known as the conversation’s', async (name) => {
        await chat.open();
        await openConversation(chat.page, 1, false, {name});
        await chat.page.locator('.WhatsappAtivoBanner__open').waitFor();
        expect(await chat.page.locator('.WhatsappAtivoPostStatus').count()).toBeGreaterThan(2);
        await chat.button('Nota interna').click();
        await chat.page.getByText('o cliente não vê').waitFor();
        await chat.screenshot('chat-renamed');
        const composer = chat.page.getByLabel('composer');
        await composer.fill('Ela prefere a tarde');
        chat.host.down = true; // nothing can be looked up
        await composer.press('Enter');
        await expect.poll(() => chat.posted()).toMatchObject({message: 'Ela prefere a tarde', type: 'custom_waa_note'});
        chat.host.down = false;
        await chat.button('Nota interna').click();

        // The socket has reconnected: nothing has to be looked up again.
        await reconnected(chat.page);
        chat.host.chat.change(idOf('c', 1), {state: 'waiting', window_until: null});
        await changed(chat.page, idOf('c', 1));
        await chat.page.locator('.WhatsappAtivoBanner__waiting').waitFor();
        await composer.fill('Bom dia');
        await composer.press('Enter');
        await chat.page.getByText('Não enviado: o cliente ainda não respondeu.').waitFor();
        expect(chat.host.chat.received.filter(({path}) => path === 'channels').length).toBe(1);
    });

    test('a channel that exists before its conversation gets the banner later', async () => {
        await chat.open();
        const [row] = chat.host.chat.rows.filter(({id}) => id === idOf('c', 1));
        chat.host.chat.rows = chat.host.chat.rows.filter((r) => r !== row);
        await openConversation(chat.page, 1);
        await expect.poll(() => chat.host.chat.received.some(({path}) => path === `channels/${idOf('h', 1)}/conversation`)).toBe(true);
        expect(await chat.page.locator('.WhatsappAtivoBanner').count()).toBe(0);
        chat.host.chat.rows.push(row!);
        await changed(chat.page, idOf('c', 1));
        await chat.page.locator('.WhatsappAtivoBanner__open').waitFor();
    });

    const writes = async (message: string, change: object) => {
        await openConversation(chat.page, 1, false, change);
        await chat.page.getByLabel('composer').fill(message);
        await chat.page.getByLabel('composer').press('Enter');
        await expect.poll(() => chat.posted()).toMatchObject({message, type: ''});
        expect(await chat.page.locator('.WhatsappAtivoBanner, .WhatsappAtivoPostStatus').count()).toBe(0);
    };

    test.each([{creator_id: 'u2'}, {creator_id: 'u2', type: 'O', name: `wa-${idOf('c', 1)}`}, {creator_id: '', type: 'O'}, {creator_id: '', type: 'D'}])('an ordinary channel costs no request: %o', async (change) => {
        await chat.open();
        await setEntities(chat.page, {users: {profiles: {u2: {id: 'u2', username: 'bruno'}}}});
        await writes('Oi', change);
        expect(chat.host.chat.received).toEqual([]);
    });

    test('channels of unknown makers cost one request for all of them', async () => {
        await chat.open();
        await writes('um', {id: 'h7', creator_id: 'stranger7'});
        await writes('dois', {id: 'h8', creator_id: 'stranger8'});
        expect(chat.host.chat.received.map(({path}) => path)).toEqual(['channels']);
    });

    const did = () => chat.host.chat.received.filter(({method}) => method === 'POST').map(({path, body}) => [path.replace(`conversations/${idOf('c', 4)}/`, ''), body]);

    test('the banner transfers, closes and reopens by REST', async () => {
        await chat.open();
        await openConversation(chat.page, 4);
        await chat.button('Transferir').click();
        await chat.page.locator('datalist option[value="@bruno"]').waitFor({state: 'attached'});
        await chat.page.getByLabel('Para').fill('bruno');
        await chat.page.keyboard.press('Enter');
        await chat.page.getByLabel('Para').waitFor({state: 'detached'});
        await chat.button('Transferir').click();
        await chat.page.locator('datalist option[value="~Suporte"]').waitFor({state: 'attached'});
        await chat.page.getByLabel('Para').fill('~Suporte');
        await chat.page.keyboard.press('Enter');
        await chat.page.getByLabel('Para').waitFor({state: 'detached'});
        await chat.button('Encerrar').click();
        await chat.page.getByLabel('Motivo').fill(' Resolvido ');
        await chat.page.keyboard.press('Enter');
        await chat.button('Reabrir').click();
        await chat.button('Encerrar').waitFor();
        expect(did()).toEqual([['transfer', {user_id: 'u2'}], ['transfer', {queue_id: idOf('q', 1)}], ['close', {reason: 'Resolvido'}], ['reopen', {}]]);
        expect(chat.host.executed).toEqual([]);
    });

    test('the banner claims by REST', async () => {
        await chat.open();
        await openConversation(chat.page, 1);
        await chat.button('Assumir').click();
        await chat.button('Assumir').waitFor({state: 'detached'});
        expect(chat.host.chat.received).toContainEqual({method: 'POST', path: `conversations/${idOf('c', 1)}/claim`, body: {}});
    });

    test('a refusal is shown in the server’s words, and the form stays', async () => {
        await chat.open();
        await openConversation(chat.page, 4);
        chat.host.chat.refusal = 'O atendimento está encerrado.';
        await chat.button('Transferir').click();
        await chat.page.locator('datalist option[value="@bruno"]').waitFor({state: 'attached'});
        await chat.page.getByLabel('Para').fill('@bruno');
        await chat.page.keyboard.press('Enter');
        await chat.page.getByRole('alert').getByText('O atendimento está encerrado.').waitFor();
        expect(await chat.page.getByLabel('Para').inputValue()).toBe('@bruno');
    });

    test('the dialog of a template and names that are not suggested need the command', async () => {
        await chat.open();
        await openConversation(chat.page, 4);
        await chat.button('Enviar modelo').click();
        await chat.button('Transferir').click();
        await chat.page.getByLabel('Para').fill('~Financeiro');
        await chat.page.keyboard.press('Enter');
        await chat.page.getByLabel('Para').waitFor({state: 'detached'});
        await expect.poll(chat.commands).toEqual(['/whatsapp modelo', '/whatsapp transferir ~Financeiro']);
    });

    test('Escape closes a form and gives the focus back; the customer is a click away', async () => {
        await chat.open();
        await openConversation(chat.page, 4);
        await chat.button('Encerrar').click();
        await chat.page.getByLabel('Motivo').fill('Resolvido');
        expect(await chat.findings()).toEqual([]);
        await chat.page.keyboard.press('Escape');
        await chat.page.getByLabel('Motivo').waitFor({state: 'detached'});
        expect(await chat.focused()).toBe('Encerrar');
        await chat.button('Cliente').click();
        await chat.text('Carla Souza 4').waitFor();
        expect(did()).toEqual([]);
    });

    test('on an older server the banner is over the composer too', async () => {
        await chat.open('&old=1');
        await openConversation(chat.page, 4);
        await chat.page.getByText('O que você escrever aqui vai para o WhatsApp do cliente.').waitFor();
        const order = await chat.page.evaluate(() => document.querySelector('#post-create')?.previousElementSibling?.firstElementChild?.className);
        expect(order).toContain('WhatsappAtivoBanner__open');
        await setEntities(chat.page, {channels: {currentChannelId: ''}});
        await chat.page.locator('.WhatsappAtivoBanner').waitFor({state: 'detached'});
    });

    test('a message that failed says why and is sent again', async () => {
        await chat.open();
        await openConversation(chat.page, 4);
        await chat.page.getByText('O número não recebe mensagens do WhatsApp.').waitFor();
        await chat.button('Enviar de novo').click();
        await chat.button('Enviar de novo').waitFor({state: 'detached'});
        expect(chat.host.executed.at(-1)).toMatchObject({path: '/chat/api/v4/posts', body: {message: 'Posso mandar a nota fiscal por aqui?', root_id: ''}});
        await chat.page.getByText('Sem confirmação').waitFor({state: 'detached'});
    });
});
