// @vitest-environment node
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';

import type {AxeResults} from 'axe-core';
import type {Browser, Page} from 'playwright-core';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';

import {buildHost, buildPlugin} from './build';
import {absent, launch} from './chromium';
import {emptyWorld, fullWorld} from './fake_world';
import {startHostServer} from './host_server';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const screenshot = (name: string) => fileURLToPath(new URL(`../test-results/${name}.png`, import.meta.url));

describe.skipIf(absent)('the System Console in Chromium', () => {
    let host: Awaited<ReturnType<typeof startHostServer>>;
    let browser: Browser;
    let page: Page;
    let problems: string[];

    beforeAll(async () => {
        host = await startHostServer({'host.js': await buildHost(), 'main.js': String(buildPlugin()['main.js'])});
        browser = await launch();
    }, 60_000);

    afterAll(async () => {
        await browser?.close();
        host?.close();
    });

    beforeEach(async () => {
        problems = [];
        page = await browser.newPage({viewport: {width: 1100, height: 900}});
        page.on('pageerror', (error) => problems.push(error.message));
        page.on('console', (message) => {
            if (message.type() === 'error' && !message.text().includes('Failed to load resource')) {
                problems.push(message.text());
            }
        });
    });

    afterEach(async () => {
        await page.close();
        expect(problems).toEqual([]);
    });

    const open = (locale = 'pt-BR', more = '') => page.goto(`${host.url}?page=console&locale=${locale}${more}`);
    const button = (name: string | RegExp) => page.getByRole('button', {name});
    const fill = (label: string, text: string) => page.getByLabel(label, {exact: true}).fill(text);

    async function findings(): Promise<string[]> {
        await page.addScriptTag({path: axe});
        const {violations} = await page.evaluate(() => (window as unknown as {axe: {run: (on: object) => Promise<AxeResults>}}).axe.run({include: ['.WhatsappAtivoAdmin']}));
        return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`));
    }

    test('a new admin goes from an empty installation to a usable template and an approved plan', async () => {
        host.api = emptyWorld();
        await open();
        await page.getByText('Primeiros passos (0 de 6)').waitFor();
        expect(await findings()).toEqual([]);

        // The number is refused once: the text is at its field, which then has the focus.
        await button('Adicionar número').click();
        await fill('Nome', 'Loja');
        await fill('ID do número de telefone', 'abc');
        await fill('ID da conta do WhatsApp Business (WABA)', '102290129340398');
        await fill('Token de acesso', 'EAAtoken');
        await fill('Chave secreta do aplicativo', 'segredo');
        const verifyToken = await page.getByLabel('Token de verificação', {exact: true}).inputValue();
        expect(verifyToken).toMatch(/^[0-9a-f]{32}$/);
        await page.keyboard.press('Enter');
        await page.getByText('Há caracteres que não são aceitos aqui.').waitFor();
        const wrong = page.getByLabel('ID do número de telefone', {exact: true});
        expect(await wrong.evaluate((e) => [e === document.activeElement, e.getAttribute('aria-invalid')])).toEqual([true, 'true']);
        expect(await findings()).toEqual([]);
        await wrong.fill('106540352242922');
        await page.keyboard.press('Enter');

        // What has to be entered at Meta is shown, the token only this once. The form of the console itself was not submitted.
        expect(await page.getByLabel('URL de callback', {exact: true}).inputValue()).toBe('https://chat.example.com/plugins/whatsapp-ativo/webhook/id1');
        expect(await page.getByLabel('Token de verificação', {exact: true}).inputValue()).toBe(verifyToken);
        expect(await page.getByRole('form', {name: 'settings'}).getAttribute('data-saved')).toBeNull();
        await button('Testar conexão: Loja').click();
        await page.getByText('Conexão certa').waitFor();
        host.api.accounts[0]!.webhook_at = Date.UTC(2026, 10, 22);

        await page.getByRole('tab', {name: 'Filas'}).click();
        await button('Adicionar fila').click();
        await page.getByLabel('Equipe').selectOption('Empresa');
        await page.getByLabel('Canal', {exact: true}).selectOption('Fila Vendas');
        await button('Salvar').click();
        await button('Agentes e supervisores: Fila Vendas').click();
        await page.getByText('Ana Souza (@ana)').waitFor();
        expect(host.api.accounts[0]!.default_queue_id).toBe(host.api.queues[0]!.id);

        await button('Ir para este passo').click();
        expect(await page.getByRole('tabpanel', {name: 'Modelos'}).evaluate((e) => e === document.activeElement)).toBe(true);
        await button('Sincronizar agora').click();
        await page.getByText('Modelos: 4. Novos: 4.').waitFor();
        await page.getByText('A Meta diz PAUSED').waitFor();
        await button(/^Conferir e aprovar: confirmar_visita/).click();
        await page.getByText('[Confirmar] [Remarcar]').waitFor();
        await fill('Título', 'Confirmar visita');
        await fill('Nome do campo: {{1}} do texto', 'Primeiro nome');
        await fill('Valor padrão: {{1}} do texto', 'cliente');
        await button('Aprovar para uso').click();
        await page.getByText('Aprovado para uso.', {exact: true}).waitFor();
        expect(host.api.templates[0]).toMatchObject({approved: true, queue_ids: [host.api.queues[0]!.id], unusable_reason: '', title: 'Confirmar visita', labels: {body_1: 'Primeiro nome'}});

        await button('Ir para este passo').click();
        await button('Criar plano: Fila Vendas').click();
        await fill('Limite mensal', '1.500,00');
        await fill('Marketing', 'caro');
        await button('Salvar').click();
        await page.getByText('Escreva um valor').first().waitFor();
        for (const [label, price] of [['Marketing', '0,3125'], ['Utilidade', '0.04'], ['Autenticação', '0,04'], ['Texto livre (serviço)', '0,04']] as const) {
            // eslint-disable-next-line no-await-in-loop
            await fill(label, price);
        }
        await button('Salvar').click();
        await button('Aprovar plano: Fila Vendas').click();
        await button('Sim').click();
        await page.getByText(/^@ana, /).waitFor();
        expect(host.api.plans[0]).toMatchObject({monthly_limit: 1500, currency: 'BRL', prices: {marketing: 0.3125, utility: 0.04}, status: 'approved'});
        await page.getByText(/^Primeiros passos/).waitFor({state: 'detached'});
    }, 90_000);

    test.each([['pt-BR', 'Resultados', 'Respondidos'], ['en', 'Results', 'Answered']])('results are read, sorted and downloaded (%s)', async (locale, tab, column) => {
        host.api = fullWorld();
        await open(locale);
        await page.getByRole('tab', {name: tab, exact: true}).click();
        const rows = page.getByRole('row');
        await rows.first().waitFor();
        expect(await findings()).toEqual([]);
        expect(await rows.nth(1).getByRole('rowheader').textContent()).toBe('confirmar_visita (pt_BR)');
        await page.getByRole('button', {name: column, exact: true}).click();
        await page.getByRole('button', {name: column}).click();
        expect(await page.getByRole('columnheader', {name: column}).getAttribute('aria-sort')).toBe('ascending');
        expect(await rows.nth(2).getByRole('rowheader').textContent()).toBe('cobranca_amigavel (pt_BR)');
        expect(await page.getByRole('img').count()).toBe(2);
        const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: /CSV/}).click()]);
        expect(file.suggestedFilename()).toBe('resultados-template.csv');
        await page.screenshot({path: screenshot(`console-results-${locale}`), fullPage: true});
    });

    test.each(['pt-BR', 'en'])('every section has no finding of axe (%s)', async (locale) => {
        host.api = fullWorld();
        await open(locale);
        const tabs = page.getByRole('tab');
        await tabs.first().waitFor();
        expect(await tabs.count()).toBe(8);
        for (let i = 0; i < 8; i++) {
            /* eslint-disable no-await-in-loop */
            await tabs.nth(i).click();
            await page.waitForLoadState('networkidle');

            // Everything that can be opened, but the details of one template only: those of the others look the same.
            const closed = page.locator('.WhatsappAtivoSection__panel [aria-expanded="false"]');
            for (let opened = 0; await closed.count() > 0 && opened < (i === 2 ? 1 : 9); opened++) {
                await closed.first().click();
                await page.waitForLoadState('networkidle');
            }
            expect(await findings()).toEqual([]);
            await page.screenshot({path: screenshot(`console-${i}-${locale}`), fullPage: true});
            /* eslint-enable no-await-in-loop */
        }
    }, 90_000);

    test('the arrow keys go through the sections', async () => {
        host.api = fullWorld();
        await open();
        await page.getByRole('tab', {name: 'Números'}).focus();
        await page.keyboard.press('ArrowRight');
        expect(await page.getByRole('tab', {name: 'Filas'}).evaluate((e) => [e === document.activeElement, e.ariaSelected])).toEqual([true, 'true']);
        await page.keyboard.press('ArrowLeft');
        await page.keyboard.press('ArrowLeft');
        await page.getByRole('tabpanel', {name: 'Saúde'}).waitFor();
        await page.getByText('Pontos a resolver: 1.').waitFor();
    });

    test('the costs are a chart, a table with its sum and a file', async () => {
        host.api = fullWorld();
        await open();
        await page.getByRole('tab', {name: 'Custos'}).click();
        expect(await page.getByRole('img').getAttribute('aria-label')).toContain('Maior valor: Suporte');
        await page.getByLabel('Agrupar').selectOption('Por modelo');
        await page.getByRole('rowheader', {name: 'ofertas_da_semana'}).waitFor();
        expect((await page.getByRole('row', {name: /^Total BRL/}).innerText()).replace(/\s+/g, ' ')).toContain('47 41 5 R$ 0,3125 R$ 4,6375');
        const download = page.waitForEvent('download');
        await button('Baixar CSV').click();
        expect((await download).suggestedFilename()).toMatch(/^whatsapp-\d{4}-\d\d\.csv$/);
    });

    test('a message that was not handled is tried again', async () => {
        host.api = fullWorld();
        await open();
        await page.getByRole('tab', {name: 'Saúde'}).click();
        await button('Tentar de novo').click();
        await page.getByText('Vai ser tratada de novo.').waitFor();
        await page.getByText('Nenhuma. Tudo o que chegou foi tratado.').waitFor();
        expect(host.api.received).toContainEqual({method: 'POST', path: 'dead-letters/l1/replay', body: {}});
    });

    test('what changed meanwhile is shown when somebody comes back', async () => {
        host.api = fullWorld();
        await open();
        await page.getByRole('heading', {name: 'Loja'}).waitFor();
        host.api.accounts[0]!.name = 'Loja do centro';
        await page.evaluate(() => window.dispatchEvent(new Event('focus')));
        await page.getByRole('heading', {name: 'Loja do centro'}).waitFor();
    });

    test('a reader who may only look has no buttons that change anything', async () => {
        host.api = fullWorld();
        await open('pt-BR', '&disabled=1');
        await button('Dados do webhook: Loja').waitFor();
        expect(await button(/Editar|Excluir|Desativar|Adicionar/).count()).toBe(0);
        expect(await button('Testar conexão: Loja').isDisabled()).toBe(true);
    });

    test('a server that is not available is said to be so', async () => {
        host.api = fullWorld();
        host.api.answer = () => ({status: 503, body: {error: {code: 'unavailable', message: 'O serviço não está disponível agora.'}}});
        await open();
        await page.getByRole('alert').getByText('O serviço não está disponível agora.').waitFor();
    });
});
