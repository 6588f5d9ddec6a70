// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {openConversation, reconnected} from './chat_world';
import {absent} from './chromium';
import {idOf} from './fake_conversations';
import {scheduled} from './fake_start';

describe.skipIf(absent)('what is scheduled, in Chromium', {timeout: 60_000}, () => {
    const chat = new Chat();
    const failed = () => scheduled({
        id: idOf('s', 2),
        status: 'failed',
        reason: 'O plano do mês não comporta este modelo.',
        variables: {body_1: 'José', body_2: '12/11'},
        customer: {name: 'José da Silva', phone: '+5511987100003', cpf_masked: '***.111.222-**'},
    });
    const others = () => scheduled({id: idOf('s', 3), owner_id: 'u2', owner_username: 'bruno', customer: {name: 'Ana Lima', phone: '+5511987100004', cpf_masked: ''}});

    test.each([['light', 'pt-BR', 'Agendados', 1280], ['dark', 'en', 'Scheduled', 1280], ['light', 'pt-BR', 'Agendados', 320]])('the list (%s, %s, %s, %i)', async (theme, locale, title, width) => {
        chat.host.start.scheduled = [scheduled({}), failed(), others()];
        await chat.page.setViewportSize({width, height: 800});
        await chat.open(`&theme=${theme}&locale=${locale}`);
        await openConversation(chat.page, 4, locale === 'en');
        await chat.button('header 1').click();
        await chat.button(title).click();
        await chat.page.getByText('Ana Lima').waitFor();
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot(`scheduled-${theme}-${width}`);
    });

    test('one is cancelled after a question, a failed one is started by hand with what was typed', async () => {
        chat.host.start.scheduled = [scheduled({}), failed(), others()];
        await chat.open();
        await chat.button('header 1').click();
        await chat.button('Agendados').click();
        await chat.page.getByLabel('Só os meus').check();
        await chat.page.getByText('Ana Lima').waitFor({state: 'detached'});
        await chat.button('Cancelar: Marina Duarte').click();
        expect(await chat.focused()).toBe('Não');
        await chat.button('Sim').click();
        await chat.page.getByText('Marina Duarte').waitFor({state: 'detached'});
        await chat.button('Iniciar agora: José da Silva').click();
        const dialog = chat.page.getByRole('dialog');
        await expect.poll(() => chat.focused()).toMatch(/^Enviar/);
        expect(await dialog.getByLabel('Nome do cliente').inputValue()).toBe('José da Silva');
        expect(await dialog.getByLabel('Dia da visita').inputValue()).toBe('12/11');
        expect(await dialog.getByLabel('CPF ou CNPJ').getAttribute('placeholder')).toContain('***.111.222-**');
        await chat.page.keyboard.press('Control+Enter');
        await dialog.waitFor({state: 'detached'});
        expect(chat.host.start.started.at(-1)!.body.customer).toEqual({id: idOf('s', 2), name: 'José da Silva', phone: '+5511987100003', cpf: ''});
        await expect.poll(() => chat.host.start.scheduled.map(({status}) => status)).toEqual(['cancelled', 'cancelled', 'scheduled']);
    });

    test('another client\'s change shows by itself, and so does what is scheduled on the customer\'s page', async () => {
        await chat.open();
        await openConversation(chat.page, 4);
        await chat.button('header 1').click();
        await chat.button('Agendados').click();
        await chat.page.getByText('Nada agendado.').waitFor();
        chat.host.start.scheduled = [others()];
        await reconnected(chat.page);
        await chat.page.getByText('Ana Lima').waitFor();
        await chat.button('Voltar à lista').click();
        await chat.button('Cliente').click();
        await chat.page.getByRole('heading', {name: 'Agendados'}).waitFor();
        expect(await chat.button(/^Cancelar/).count()).toBe(0);
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('scheduled-customer');
    });
});
