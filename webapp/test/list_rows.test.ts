// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {openConversation} from './chat_world';
import {absent} from './chromium';
import {idOf} from './fake_conversations';

describe.skipIf(absent)('the rows of the list, and where they lead', {timeout: 60_000}, () => {
    const chat = new Chat();

    test('the list shows words without marks, and no wait of no minutes', async () => {
        const last = {direction: 'in' as const, kind: 'text', preview: '*Depois* eu _vejo_', at: Date.now()};
        chat.host.chat.change(idOf('c', 4), {attendant_id: 'u1', last_message: last, customer_waits_since: Date.now(), customer_waits_ms: 20_000});
        await chat.open();
        await openConversation(chat.page, 0);
        await chat.openList(/Janela aberta/);
        await chat.text('Depois eu vejo').waitFor();
        await chat.text('Sua vez · agora').waitFor();
    });

    test('in a narrow window the list gives way to the channel that it opens', async () => {
        await chat.page.setViewportSize({width: 700, height: 800});
        await chat.open();
        await openConversation(chat.page, 0);
        await chat.openList();
        await chat.rows().first().getByRole('button').first().click();
        await chat.page.locator('aside.rhs').waitFor({state: 'detached'});
        expect(await chat.page.locator('body').getAttribute('data-path')).toBe(`/empresa/channels/${idOf('h', 0)}`);
    });

    test('in a wide one it stays', async () => {
        await chat.open();
        await openConversation(chat.page, 0);
        await chat.openList();
        await chat.rows().first().getByRole('button').first().click();
        await expect.poll(() => chat.page.locator('body').getAttribute('data-path')).toBe(`/empresa/channels/${idOf('h', 0)}`);
        expect(await chat.page.locator('aside.rhs').count()).toBe(1);
    });

    test('that a customer wants no messages is asked before it is recorded', async () => {
        await chat.open();
        await openConversation(chat.page, 0);
        await chat.button('Cliente').click();
        await chat.button('Não quer mensagens').click();
        await chat.page.getByText('Nenhum modelo vai mais a ele').waitFor();
        expect(await chat.focused()).toBe('Não');
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('customer-revoke');
        const recorded = chat.page.waitForRequest((request) => request.url().endsWith('/consent'));
        await chat.page.keyboard.press('Enter');
        await chat.button('Não quer mensagens').click();
        await chat.page.getByRole('button', {name: 'Sim'}).click();
        expect((await recorded).postDataJSON()).toEqual({status: 'revoked'});
    });
});
