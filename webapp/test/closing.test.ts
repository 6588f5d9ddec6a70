// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {openConversation} from './chat_world';
import {absent} from './chromium';
import {idOf} from './fake_conversations';

const reasonOf = (id: string, label: string) => ({id, label, queue_id: idOf('q', 0), position: 0, retired: false, created_at: 1, updated_at: 1});

describe.skipIf(absent)('closing a conversation in Chromium', () => {
    const chat = new Chat();
    const did = () => chat.host.chat.received.filter(({method}) => method === 'POST').map(({path, body}) => [path.replace(`conversations/${idOf('c', 4)}/`, ''), body]);

    test('the banner asks for the reason of a close, and for what belongs to it', async () => {
        await chat.open();
        chat.host.chat.closing = {
            required: true,
            reasons: [
                {...reasonOf('r1', 'Sem interesse'), fields: []},
                {
                    ...reasonOf('r2', 'Vendido'),
                    fields: [
                        {name: 'value', label: 'Valor', type: 'number', options: [], required: true},
                        {name: 'product', label: 'Produto', type: 'select', options: ['Carro', 'Casa'], required: false},
                    ],
                },
            ],
        };
        await openConversation(chat.page, 4);
        await chat.button('Encerrar').click();
        const submit = chat.button('Encerrar atendimento');
        expect(await submit.isDisabled()).toBe(true);
        await chat.page.getByLabel('Motivo').selectOption('Vendido');
        await submit.click();
        await chat.page.getByRole('alert').getByText('Preencha este campo.').waitFor();
        expect(await chat.page.getByLabel('Valor *').getAttribute('aria-invalid')).toBe('true');
        await chat.page.getByLabel('Valor *').fill('1500,5');
        await chat.page.getByLabel('Produto').selectOption('Casa');
        await chat.page.getByLabel('Observação').fill('na hora');
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('chat-closing');
        await chat.page.keyboard.press('Enter');
        await chat.button('Reabrir').waitFor();
        expect(did().at(-1)).toEqual(['close', {reason: 'na hora', reason_id: 'r2', fields: {value: '1500,5', product: 'Casa'}}]);
        await chat.button('Cliente').click();
        await expect.poll(() => chat.page.locator('dd').allTextContents()).toEqual(expect.arrayContaining(['Vendido', '1500,5', 'Casa', 'na hora']));
        await chat.page.getByRole('button', {name: 'Voltar'}).click();
        await chat.tab('Histórico').click();
        await chat.rows().first().waitFor();
        expect(await chat.rows().first().innerText()).toContain('Vendido');
    });
});
