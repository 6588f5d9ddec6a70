// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {absent} from './chromium';
import {idOf} from './fake_conversations';
import {popupOf} from './popup';

describe.skipIf(absent)('the popup in Chromium', {timeout: 60_000}, () => {
    const chat = new Chat();
    const {dialog, press, type, focusedLabel, path, openPopup} = popupOf(chat);
    const preview = () => chat.page.locator('.WhatsappAtivoPhonePreview').innerText();

    test('by keyboard alone: search, choose, fill in, see it, send; the channel opens', async () => {
        await chat.open();
        await chat.button('header 0').focus();
        await press('Enter');
        await dialog().waitFor();
        await expect.poll(focusedLabel).toBe('Modelo');
        await type('visita');
        await chat.page.getByRole('option', {name: 'Confirmar visita'}).waitFor();
        await press('Enter');
        await expect.poll(focusedLabel).toBe('Nome do cliente');
        await type('José da Silva');
        await press('Enter');
        await expect.poll(focusedLabel).toBe('WhatsApp do cliente');
        await type('11987654321');
        await press('Enter');
        await expect.poll(focusedLabel).toBe('CPF ou CNPJ');
        await type('52998224725');
        await press('Enter');
        await expect.poll(focusedLabel).toBe('Primeiro nome');
        await type('José');
        await press('Enter');
        await expect.poll(focusedLabel).toBe('Dia da visita');
        await type('12/11');
        expect(await preview()).toBe('Visita técnica\nOlá, José! Nossa equipe passa aí no dia 12/11. Está bom para você?\nResponda por aqui mesmo\n↩ Pode vir\n↗ Ver no mapa');
        expect(await chat.page.getByLabel('WhatsApp do cliente').inputValue()).toBe('(11) 98765-4321');
        expect(await chat.page.getByLabel('CPF ou CNPJ').inputValue()).toBe('529.982.247-25');
        await chat.text('Custa R$ 0,08 quando for entregue · restam R$ 120,50 no plano do mês').waitFor();
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('start-light');
        await press('Control+Enter');
        await expect.poll(path).toBe(`/empresa/channels/${idOf('h', 900)}`);
        await dialog().waitFor({state: 'detached'});
        expect(chat.host.start.started).toEqual([{
            key: expect.stringMatching(/^[0-9a-f]{32}$/),
            body: {
                queue_id: idOf('q', 0),
                template: {name: 'confirmar_visita', language: 'pt_BR'},
                variables: {body_1: 'José', body_2: '12/11'},
                customer: {name: 'José da Silva', cpf: '529.982.247-25', phone: '(11) 98765-4321'},
            },
        }]);
        expect(await chat.page.evaluate(() => Object.keys(localStorage))).toEqual(['whatsapp-ativo.template.u1']);
    });

    test('the keys beyond typing: five for a new customer, three for a known one', async () => {
        await chat.open();
        let keys = 0;
        const key = async (name: string) => {
            keys++;
            await press(name);
        };
        const begin = async (first: string) => {
            keys = 0;
            await chat.button('header 0').focus();
            await key('Enter');
            await expect.poll(focusedLabel).toBe(first);
        };
        const fillInNew = async () => {
            await type('Ana');
            await key('Tab');
            await type('11987654321');
            await key('Tab');
            await type('52998224725');
            await key('Tab');
            await type('Ana');
            await key('Control+Enter');
            await dialog().waitFor({state: 'detached'});
        };
        await begin('Modelo');
        await type('boleto');
        await chat.page.getByRole('option', {name: 'Aviso de boleto'}).waitFor();
        await key('Enter');
        await expect.poll(focusedLabel).toBe('Nome do cliente');
        await fillInNew();
        expect(keys).toBe(6);

        // From now on the template that was sent last is chosen already.
        await begin('Nome do cliente');
        await fillInNew();
        expect(keys).toBe(5);

        await begin('Nome do cliente');
        await type('marina');
        await chat.page.getByRole('option', {name: 'Marina Duarte'}).waitFor();
        await key('Enter');
        await expect.poll(focusedLabel).toBe('Primeiro nome');
        await type('Marina');
        await key('Control+Enter');
        await dialog().waitFor({state: 'detached'});
        expect(keys).toBe(3);
        expect(chat.host.start.started.map(({body}) => body.customer.name)).toEqual(['Ana', 'Ana', 'Marina Duarte']);
        expect(chat.host.start.started.at(-1)!.body.customer).toEqual({id: idOf('p', 1), name: 'Marina Duarte', phone: '+5511987100002', cpf: ''});
    });

    test('what is in the way is said before the button', async () => {
        chat.host.start.check = {refusal: {code: 'cooldown', message: 'Um modelo foi enviado há pouco.'}};
        await chat.open();
        await openPopup();
        await chat.page.getByLabel('Modelo', {exact: true}).fill('boleto');
        await press('Enter');
        await dialog().getByText('Um modelo foi enviado há pouco.').waitFor();
        expect(await chat.button(/^Enviar/).isDisabled()).toBe(true);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('start-refused');
    });

    test('an open conversation is named, and gets the template', async () => {
        chat.host.start.check = {existing: {id: idOf('c', 4), state: 'open'}, refusal: {code: 'conversation_exists', message: 'Já existe.', can_confirm: true}};
        await chat.open();
        await openPopup();
        await chat.page.getByLabel('Modelo', {exact: true}).fill('boleto');
        await press('Enter');
        for (const [label, value] of [['Nome do cliente', 'Ana'], ['WhatsApp do cliente', '11987654321'], ['CPF ou CNPJ', '52998224725'], ['Primeiro nome', 'Ana']] as const) {
            // eslint-disable-next-line no-await-in-loop
            await chat.page.getByLabel(label).fill(value);
        }
        await dialog().getByText('Este cliente já tem um atendimento: Janela aberta.').waitFor();
        expect(await dialog().getByText('Já existe.').count()).toBe(0);
        await chat.screenshot('start-existing');
        await chat.button(/^Enviar no atendimento/).click();
        await expect.poll(() => chat.host.start.started.at(-1)?.body.confirm).toBe(true);
    });

    test('what is wrong is said at its field, and a try after a failure keeps its key', async () => {
        await chat.open();
        await openPopup();
        await chat.page.getByLabel('Modelo', {exact: true}).fill('boleto');
        await press('Enter');
        await chat.page.getByLabel('CPF ou CNPJ').fill('11111111111');
        await chat.page.getByLabel('WhatsApp do cliente').fill('2098765');
        await chat.button(/^Enviar/).click();
        await dialog().getByText('Confira: os dígitos deste CPF ou CNPJ não batem.').waitFor();
        await dialog().getByText('Faltam dígitos: DDD e número.').waitFor();
        await expect.poll(focusedLabel).toBe('Nome do cliente');
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('start-wrong');
        expect(chat.host.start.started).toEqual([]);

        for (const [label, value] of [['Nome do cliente', 'Ana'], ['WhatsApp do cliente', '11987654321'], ['CPF ou CNPJ', '52998224725'], ['Primeiro nome', 'Ana']] as const) {
            // eslint-disable-next-line no-await-in-loop
            await chat.page.getByLabel(label).fill(value);
        }
        chat.host.start.refusal = {status: 503, body: {error: {code: 'unavailable', message: 'O WhatsApp não está acessível.'}}};
        await chat.button(/^Enviar/).click();
        await dialog().getByText('O WhatsApp não está acessível.').waitFor();
        chat.host.start.refusal = undefined;
        await chat.button(/^Enviar/).click();
        await dialog().waitFor({state: 'detached'});
        const keys = chat.host.start.started.map(({key}) => key);
        expect(keys[1]).toBe(keys[0]);
    });

    test('what was typed survives a closed tab, without the document; Escape gives the focus back', async () => {
        await chat.open();
        await chat.button('header 0').focus();
        await press('Enter');
        await expect.poll(focusedLabel).toBe('Modelo');
        await type('visita');
        await press('Enter');
        await expect.poll(focusedLabel).toBe('Nome do cliente');
        await type('José');
        await press('Tab', 'Tab');
        await type('52998224725');
        await press('Escape');
        await dialog().waitFor({state: 'detached'});
        expect(await chat.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('header 0');
        await chat.page.reload();
        await openPopup();
        expect(await chat.page.getByLabel('Modelo', {exact: true}).inputValue()).toBe('Confirmar visita');
        expect(await chat.page.getByLabel('Nome do cliente').inputValue()).toBe('José');
        expect(await chat.page.getByLabel('CPF ou CNPJ').inputValue()).toBe('');
    });

    test('the focus stays inside', async () => {
        await chat.open();
        await openPopup();
        const inside = () => chat.page.evaluate(() => Boolean(document.activeElement?.closest('[role=dialog]')));
        for (let i = 0; i < 12; i++) {
            // eslint-disable-next-line no-await-in-loop
            await press(i < 6 ? 'Tab' : 'Shift+Tab');
            // eslint-disable-next-line no-await-in-loop
            expect(await inside()).toBe(true);
        }
    });

    test.each([['dark', 'en', 1280], ['light', 'pt-BR', 320]])('on a %s page (%s) of %i pixels', async (theme, locale, width) => {
        await chat.page.setViewportSize({width, height: 720});
        await chat.open(`&theme=${theme}&locale=${locale}`);
        await chat.button('header 0').click();
        await chat.page.getByRole('combobox').first().waitFor();
        await chat.page.getByRole('option').first().waitFor();
        await chat.screenshot(`start-list-${width}`);
        await type('visita');
        await press('Enter');
        await chat.page.locator('.WhatsappAtivoPhonePreview').waitFor();
        await press('Control+Enter');
        await dialog().getByText(locale === 'en' ? 'Fill this in.' : 'Preencha este campo.').first().waitFor();
        expect(await chat.findings()).toEqual([]);
        expect(await chat.page.evaluate(() => document.querySelector('[role=dialog]')!.scrollWidth <= window.innerWidth)).toBe(true);
        await chat.screenshot(`start-${theme}-${width}`);
    });

    test('somebody in no queue is told what to do', async () => {
        chat.host.start.options = {queues: [], queue_id: '', templates: [], left: null, currency: ''};
        await chat.open();
        await chat.button('header 0').click();
        await dialog().getByText('Você ainda não está em nenhuma fila.').waitFor();
        await press('Escape');
    });
});
