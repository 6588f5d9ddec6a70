// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {absent} from './chromium';
import {ConsolePage} from './console_setup';

/** A picture of one pixel. */
const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.skipIf(absent)('a template written in the System Console', () => {
    const opened = new ConsolePage();
    const {button} = opened;

    test('is checked while typing, refused, submitted, rejected and corrected', async () => {
        await opened.openSection('Modelos');
        const {host, page} = opened;
        await button('Novo modelo').click();
        await page.getByLabel('Nome na Meta').fill('entrega_feita');
        await page.getByLabel('Texto', {exact: true}).fill('{{1}}, seu pedido chegou hoje.');
        await page.getByLabel('Exemplo para {{1}}').fill('Ana');
        await page.getByText('O texto começa com uma variável.').waitFor();
        await page.getByText('Ana, seu pedido chegou hoje.').waitFor();
        await button('Acrescentar botão').click();
        await page.getByLabel('Rótulo').fill('Obrigado');
        await page.getByLabel('Cabeçalho', {exact: true}).selectOption('IMAGE');
        await page.getByLabel('Amostra').setInputFiles({name: 'ponto.png', mimeType: 'image/png', buffer: Buffer.from(dot, 'base64')});
        await page.getByText('A Meta tem a amostra.').waitFor();
        await expect.poll(() => page.locator('[data-of=editor] img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
        await page.screenshot({path: 'test-results/console-template-editor.png', fullPage: true});
        await button('Enviar à Meta').click();
        await page.getByText('Variables can’t be at the start.').waitFor();

        await page.getByLabel('Texto', {exact: true}).fill('Olá {{1}}, seu pedido chegou hoje.');
        await button('Enviar à Meta').click();
        await button('Ver e liberar: entrega_feita (pt_BR)').or(button(/: entrega_feita/)).first().waitFor();
        const made = host.api.templates.at(-1)!;
        expect(made).toMatchObject({status: 'PENDING',
            components: [
                {type: 'HEADER', format: 'IMAGE', example: {header_handle: ['4::amostra']}},
                {type: 'BODY', text: 'Olá {{1}}, seu pedido chegou hoje.', example: {body_text: [['Ana']]}},
                {type: 'BUTTONS', buttons: [{type: 'QUICK_REPLY', text: 'Obrigado'}]},
            ]});

        Object.assign(made, {status: 'REJECTED', rejected_reason: 'INVALID_FORMAT', uneditable_reason: ''});
        await page.reload();
        await page.getByRole('tab', {name: 'Modelos'}).click();
        await page.getByText('INVALID_FORMAT').waitFor();
        await button(/: entrega_feita/).click();
        await button('Editar').click();
        await page.getByLabel('Texto', {exact: true}).fill('Olá {{1}}, o seu pedido chegou hoje.');
        await button('Enviar à Meta').click();
        await expect.poll(() => made.status).toBe('PENDING');
        expect(made.text).toBe('Olá {{1}}, o seu pedido chegou hoje.');
    }, 60_000);
});
