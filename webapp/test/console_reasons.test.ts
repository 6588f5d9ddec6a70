// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {absent} from './chromium';
import {ConsolePage} from './console_setup';

describe.skipIf(absent)('the closing reasons of a queue in the System Console', () => {
    const opened = new ConsolePage();
    const {button} = opened;
    const labels = () => opened.host.api.reasons.map((r) => r.label);

    test('are pasted, added with fields, moved, renamed, retired and brought back', async () => {
        await opened.openSection('Filas');
        const {host, page} = opened;
        const queue = host.api.queues[0]!;
        await button(`Motivos de encerramento: ${queue.name}`).click();
        await page.getByText('Nenhum motivo ainda').waitFor();
        await button(`Colar uma lista: ${queue.name}`).click();
        await page.getByLabel('Motivos, um por linha').fill('Engano\nSem interesse\nEngano');
        await button('Salvar').click();
        await button('Editar: Sem interesse').waitFor();

        await button(`Adicionar motivo: ${queue.name}`).click();
        await page.getByLabel('Motivo', {exact: true}).fill('Vendido');
        await button('Adicionar campo').click();
        await page.getByLabel('Campo 1: rótulo').fill('Valor (R$)');
        await page.getByLabel('Campo 1: tipo').selectOption('Número');
        await page.getByLabel('Obrigatório').check();
        await button('Adicionar campo').click();
        await page.getByLabel('Campo 2: rótulo').fill('Produto');
        await page.getByLabel('Campo 2: tipo').selectOption('Lista de opções');
        await page.getByLabel('Campo 2: opções').fill('Carro\nCasa\n');
        await page.screenshot({path: 'test-results/console-reasons.png', fullPage: true});
        await button('Salvar').click();
        await page.getByText('Valor (R$) *').waitFor();
        expect(host.api.reasons.at(-1)).toMatchObject({queue_id: queue.id,
            label: 'Vendido',
            fields: [
                {name: 'valor_r', label: 'Valor (R$)', type: 'number', required: true, options: []},
                {name: 'produto', label: 'Produto', type: 'select', required: false, options: ['Carro', 'Casa']},
            ]});

        await button('Subir: Vendido').click();
        await expect.poll(labels).toEqual(['Engano', 'Vendido', 'Sem interesse']);
        await button('Editar: Vendido').click();
        await page.getByLabel('Motivo', {exact: true}).fill('Ganho');
        await page.getByLabel('Campo 1: rótulo').fill('Valor total');
        await button('Salvar').click();
        await page.getByText('Valor total *').waitFor();
        expect(host.api.reasons[1]).toMatchObject({label: 'Ganho', fields: [{name: 'valor_r', label: 'Valor total'}, {name: 'produto'}]});
        await button('Aposentar: Engano').click();
        await button('Sim').click();
        await page.getByText('Aposentado', {exact: true}).waitFor();
        expect(host.api.reasons.filter((r) => r.retired).map((r) => r.label)).toEqual(['Engano']);
        await button('Reativar: Engano').click();
        await page.getByText('Aposentado', {exact: true}).waitFor({state: 'detached'});

        await button(`Editar: ${queue.name}`).click();
        await page.getByLabel('Exigir um motivo da lista ao encerrar').check();
        await button('Salvar').click();
        await expect.poll(() => host.api.queues[0]).toMatchObject({closing_reason_required: true});
    }, 60_000);

    test('the quick replies of a queue are kept there too', async () => {
        await opened.openSection('Filas');
        const {host, page} = opened;
        const queue = host.api.queues[0]!;
        host.chat.replies = [{id: 'r'.repeat(26), scope: 'queue', queue_id: queue.id, shortcut: 'pix', title: 'Chave Pix', text: 'A chave é 123.', created_at: 1, updated_at: 1}];
        await button(`Respostas rápidas: ${queue.name}`).click();
        await page.getByRole('heading', {name: 'pix · Chave Pix'}).waitFor();
        await page.screenshot({path: 'test-results/console-replies.png', fullPage: true});
        await button('Editar: pix').click();
        await page.getByLabel('Texto').fill('A chave é 456.');
        await button('Salvar').click();
        await page.getByText('A chave é 456.').waitFor();
        expect(host.chat.replies).toMatchObject([{queue_id: queue.id, text: 'A chave é 456.'}]);
    });
});
