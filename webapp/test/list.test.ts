// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {changed, openConversation, reconnected} from './chat_world';
import {absent} from './chromium';
import {FakeConversations, idOf} from './fake_conversations';

describe.skipIf(absent)('the list of conversations in Chromium', {timeout: 60_000}, () => {
    const chat = new Chat();

    test('the list is reached with the keyboard, row by row and tab by tab', async () => {
        await chat.open();
        await openConversation(chat.page, 0);
        await chat.openList();
        await chat.rows().first().waitFor();
        await chat.tab('Aguardando').focus();
        await chat.page.keyboard.press('ArrowRight');
        await chat.text('José da Silva 1').waitFor();
        expect(await chat.focused()).toContain('Janela aberta');
        await chat.page.keyboard.press('ArrowLeft');
        await chat.text('Marina Duarte 0').waitFor();
        await chat.page.keyboard.press('Tab');
        expect(await chat.focused()).toContain('Marina Duarte 0');
        await chat.page.keyboard.press('End');
        expect(await chat.focused()).toContain('Pedro Henrique Albuquerque de Vasconcelos Neto 57');
        await chat.page.keyboard.press('Home');
        await chat.page.keyboard.press('ArrowDown');
        expect(await chat.focused()).toContain('Pedro Henrique Albuquerque de Vasconcelos Neto 3');
        await chat.page.keyboard.press('Home');
        await chat.page.keyboard.press('Enter');
        expect(await chat.page.locator('body').getAttribute('data-path')).toBe(`/empresa/channels/${idOf('h', 0)}`);
    });

    test.each([['light', 'pt-BR', 'Sua vez · há'], ['dark', 'en', 'Your turn']])('the list opens on what is mine, who waits longest first (%s, %s)', async (theme, locale, turn) => {
        await chat.open(`&theme=${theme}&locale=${locale}`);
        await openConversation(chat.page, 4, locale === 'en');
        await chat.button('header 1').click();
        await chat.page.getByText(turn).first().waitFor();
        const own = chat.host.chat.rows.filter((r) => r.state === 'open' && (r.owner_id === 'u1' || r.attendant_id === 'u1'));
        await chat.tab(`${own.length} ${locale === 'en' ? 'Mine' : 'Em atendimento'}`).waitFor();
        const waits = own.filter((r) => r.customer_waits_since).sort((a, b) => a.customer_waits_since! - b.customer_waits_since!);
        expect((await chat.shown())[0]).toBe(waits[0]!.contact.name);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`list-${theme}`);
    });

    test.each([['light', 'pt-BR', 'Resultados', 'Voltar à lista'], ['dark', 'en', 'Results', 'Back to the list']])('a supervisor reads the results beside the channel (%s, %s)', async (theme, locale, results, back) => {
        await chat.open(`&theme=${theme}&locale=${locale}`);
        await openConversation(chat.page, 4, locale === 'en');
        await chat.button('header 1').click();
        await chat.button(results).click();
        await chat.text('682').first().waitFor();
        expect(await chat.page.getByRole('img', {name: '682'}).count()).toBe(1);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`results-${theme}`);
        await chat.button(back).click();
        await chat.rows().first().waitFor();
    });

    test('the list narrowed down by wait, from a link, and downloaded as it is', async () => {
        await chat.open();
        await chat.openList();
        await chat.tab('Janela aberta').click();
        await chat.rows().first().waitFor();
        const before = await chat.rows().count();
        await chat.page.getByLabel('Espera do cliente').selectOption('Espera há 15 min ou mais');
        await expect.poll(() => chat.rows().count()).toBeLessThan(before);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('list-filtered');
        expect(await chat.page.getByRole('link', {name: 'Link desta lista'}).getAttribute('href')).toBe('#whatsapp-ativo?tab=open&scope=all&waits=15');
        await chat.page.evaluate((queue) => {
            window.location.hash = `#whatsapp-ativo?tab=open&scope=${queue}&waits=0`;
        }, idOf('q', 1));
        await expect.poll(() => chat.page.getByLabel('Mostrar').inputValue()).toBe(idOf('q', 1));
        expect(await chat.page.getByLabel('Espera do cliente').inputValue()).toBe('0');
        await chat.page.getByLabel('Atendente').waitFor();
        const [request] = await Promise.all([
            chat.page.waitForRequest((r) => r.headers().accept === 'text/csv'),
            chat.button('Baixar CSV').click(),
        ]);
        expect(new URL(request.url()).search).toBe(`?queue_id=${idOf('q', 1)}&unanswered=1&state=open&bom=1&sep=%3B`);
    });

    test('search, scope and the empty lists', async () => {
        await chat.open();
        await chat.openList();
        await chat.rows().first().waitFor();
        await chat.page.getByLabel('Nome, número ou CPF').fill('100006');
        await chat.tab('1 Aguardando').waitFor();
        await chat.page.getByText('Marina Duarte 6').waitFor();
        expect(await chat.rows().count()).toBe(1);
        await chat.tab('Fila').click();
        await chat.page.getByText('Nada encontrado para “100006”').waitFor();
        expect(await chat.findings()).toEqual([]);

        await chat.page.getByLabel('Nome, número ou CPF').fill('');
        await chat.page.getByLabel('Mostrar').selectOption('Fila Suporte');
        await chat.text('José da Silva 1').waitFor();
        chat.host.chat = new FakeConversations(0);
        await chat.page.getByLabel('Mostrar').selectOption('Meus');
        await chat.page.getByText('Ninguém espera na fila').waitFor();
        await chat.tab('Aguardando').click();
        await chat.page.getByText('Crie um atendimento').waitFor();
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('chat-empty');
    });

    test.each([
        ['light', 'pt-BR', 'Pode ser a mesma pessoa', 'Juntar', 'Sim'],
        ['dark', 'en', 'May be the same person', 'Merge', 'Yes'],
    ])('a system admin makes one of two customers who look alike (%s, %s)', async (theme, locale, title, merge, yes) => {
        await chat.open(`&theme=${theme}&locale=${locale}&roles=system_user%20system_admin`);
        const {page, host} = chat;
        const other = {id: 'p'.repeat(26), name: 'Marina D.', phone: '+5511987100999', wa_id: '', user_id: '', username: '', cpf_masked: '***.982.247-**', created_at: 1, updated_at: 1, because: ['document' as const, 'name' as const]};
        host.chat.alike = [other];
        await openConversation(page, 4);
        await chat.button(/^(Cliente|Customer)$/).click();
        await page.getByRole('heading', {name: title}).waitFor();
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`customer-alike-${theme}`);
        host.chat.refusal = 'Os dois têm um atendimento aberto.';
        await chat.button(`${merge}: Marina D.`).click();
        await chat.button(yes).click();
        await page.getByText(host.chat.refusal).waitFor();
        host.chat.refusal = '';
        host.chat.alike = [];
        await chat.button(`${merge}: Marina D.`).click();
        await chat.button(yes).click();
        await page.getByRole('heading', {name: title}).waitFor({state: 'detached'});
        expect(host.chat.received.filter((r) => r.path.endsWith('/merge')).at(-1)?.body).toEqual({contact_id: other.id});
    });

    test.each([
        ['light', 'pt-BR', 'Janela aberta', '@bruno está ausente · responsável @ana', 'Assumir'],
        ['dark', 'en', 'Open', '@bruno is away · owner @ana', 'Claim'],
    ])('a conversation whose attendant is away while the customer waits is claimed (%s, %s)', async (theme, locale, tab, away, claim) => {
        const row = Object.assign(chat.host.chat.rows.find((r) => r.id === idOf('c', 7))!, {attendant_absent: true});
        chat.host.chat.rows.find((r) => r.attendant_id === 'u1' && r.state === 'open')!.attendant_absent = true;
        await chat.open(`&theme=${theme}&locale=${locale}`);
        await chat.openList(tab);
        await chat.text(away).waitFor();
        expect(await chat.button(`${claim}: `).count()).toBe(chat.host.chat.rows.filter((r) => r.state === 'open' && !r.attendant_id).length + 1);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`list-away-${theme}`);
        await chat.button(`${claim}: ${row.contact.name}`).click();
        await chat.text(away).waitFor({state: 'detached'});
        expect(chat.host.chat.rows.find((r) => r.id === row.id)!.attendant_id).toBe('u1');
    });

    test('a conversation of the queue is claimed; that of somebody else opens the customer', async () => {
        await chat.open();
        await chat.openList();
        await chat.tab('Fila').click();
        await chat.button('Assumir: José da Silva 1').click();
        await chat.text('José da Silva 1').waitFor({state: 'detached'});
        expect(chat.host.chat.rows.find((r) => r.id === idOf('c', 1))!.attendant_id).toBe('u1');

        // A reader who is no member of the channel sees the customer's page.
        await chat.tab('Encerrada').click();
        await chat.text('Ana Beatriz Carvalho 2').click();
        await chat.page.getByText('+55 ••••••• 0002').waitFor();
        await chat.page.getByText('***.982.247-**').waitFor();
        expect(await chat.findings()).toEqual([]);
        await chat.button('Mostrar dados').click();
        await chat.page.getByText('529.982.247-25').waitFor();
        expect(chat.host.chat.received).toContainEqual({method: 'POST', path: `contacts/${idOf('p', 1)}/reveal`, body: {}});
        await chat.screenshot('chat-customer');
        await chat.button('Voltar aos atendimentos').click();
        expect(await chat.tab('Encerrada').getAttribute('aria-selected')).toBe('true');
    });

    test('an event moves the row of the conversation at once', async () => {
        await chat.open();
        await chat.openList();
        await chat.text('Marina Duarte 0').waitFor();
        chat.host.chat.change(idOf('c', 0), {state: 'open', window_until: Date.now() + 3_600_000});
        await changed(chat.page, idOf('c', 0));
        await chat.text('Marina Duarte 0').waitFor({state: 'detached'});
        await chat.tab('21 Janela aberta').click();
        expect(await chat.rows().first().innerText()).toContain('Marina Duarte 0');
    });

    test('the list is right after the socket was away for 50 changes', async () => {
        chat.host.chat = new FakeConversations(1000);
        await chat.open();
        await chat.openList();
        await chat.text('Marina Duarte 0').waitFor();
        chat.host.down = true;
        for (let n = 0; n < 300; n += 6) {
            chat.host.chat.change(idOf('c', n), {state: 'open', window_until: Date.now() + 3_600_000});
        }
        await changed(chat.page, idOf('c', 0));
        await chat.page.getByRole('alert').getByText('Não foi possível falar com o servidor.').waitFor();
        chat.host.down = false;
        await reconnected(chat.page);
        await chat.page.getByText('Não foi possível falar com o servidor.').waitFor({state: 'detached'});
        await chat.tab('284 Aguardando').waitFor();
        const want = chat.host.chat.rows.filter((r) => r.state === 'waiting').map((r) => r.contact.name);
        expect(await chat.shown()).toEqual(want.slice(0, (await chat.shown()).length));
        await chat.tab('383 Janela aberta').click();
        await chat.text('Marina Duarte 294').waitFor();
    }, 90_000);

    test('10,000 conversations are scrolled through without a row missing', {timeout: 120_000}, async () => {
        chat.host.chat = new FakeConversations(10_000);
        chat.host.chat.rows.forEach((r) => {
            r.state = 'waiting';
        });
        await chat.open();
        await chat.page.getByRole('main').waitFor();
        await chat.openList();
        await chat.page.locator('.WhatsappAtivoRow__name').first().waitFor();

        const seen = await chat.page.evaluate(async () => {
            const list = document.querySelector<HTMLElement>('.WhatsappAtivoList')!;
            const names = new Set<string>();
            let holes = 0;
            const frame = () => new Promise(requestAnimationFrame);
            for (;;) {
                const box = list.getBoundingClientRect();
                const drawn = [...list.querySelectorAll<HTMLElement>('[role=listitem]')];
                const covers = (y: number) => drawn.some((e) => e.getBoundingClientRect().top <= y && e.getBoundingClientRect().bottom >= y);
                if (!covers(box.top + 1) || !covers(box.bottom - 1) || !covers((box.top + box.bottom) / 2)) {
                    holes++;
                }
                drawn.forEach((e) => {
                    const name = e.querySelector('.WhatsappAtivoRow__name')?.textContent;
                    if (name) {
                        names.add(name);
                    }
                });
                const before = list.scrollTop;
                list.scrollTop += 1500;
                if (list.scrollTop === before) {
                    break;
                }
                /* eslint-disable no-await-in-loop */
                await frame();
                await frame();
                while (list.querySelector('.WhatsappAtivoRow__placeholder')) {
                    await frame();
                }
                /* eslint-enable no-await-in-loop */
            }
            return {names: names.size, holes};
        });
        expect(seen).toEqual({names: 10_000, holes: 0});
    });
});
