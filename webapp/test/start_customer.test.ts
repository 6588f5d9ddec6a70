// @vitest-environment node
import {describe, expect, test} from 'vitest';

import {Chat} from './chat_setup';
import {absent} from './chromium';
import {idOf} from './fake_conversations';
import {popupOf} from './popup';

describe.skipIf(absent)('the customer in the popup, and what is kept of the form', {timeout: 60_000}, () => {
    const chat = new Chat();
    const {dialog, press, focusedLabel, openPopup} = popupOf(chat);
    const field = (label: string) => chat.page.getByLabel(label, {exact: true});
    const value = (label: string) => field(label).inputValue();
    const open = async () => {
        await chat.open();
        await openPopup();
        await field('Modelo').fill('boleto');
        await press('Enter');
    };
    const kept = () => chat.page.evaluate(() => localStorage.getItem('whatsapp-ativo.start.u1'));

    test('a person comes with their own number, and takes it along', async () => {
        const {customers} = chat.host.start;
        customers.push({...customers[0]!, id: idOf('p', 2), name: 'Rui Costa', phone: '+5511987100003', cpf_masked: ''});
        await open();
        await field('Nome do cliente').fill('marina');
        await chat.page.getByRole('option', {name: 'Marina Duarte'}).click();
        expect(await value('WhatsApp do cliente')).toBe('+5511987100002');
        await field('Nome do cliente').fill('Rui');
        expect(await value('WhatsApp do cliente')).toBe('');
        expect(await field('CPF ou CNPJ').getAttribute('placeholder')).toBe('000.000.000-00');
        await chat.page.getByRole('option', {name: 'Rui Costa'}).click();
        expect(await value('WhatsApp do cliente')).toBe('+5511987100003');
        await field('WhatsApp do cliente').fill('(11) 98710-0002');
        await chat.page.getByRole('option', {name: 'Marina Duarte'}).click();
        expect(await value('Nome do cliente')).toBe('Marina Duarte');
        await field('Nome do cliente').fill('Dona Marina');
        expect(await value('WhatsApp do cliente')).toBe('+5511987100002');
    });

    test('Cancel forgets what was typed, Escape keeps it, and it is said that it came back', async () => {
        await open();
        await field('Nome do cliente').fill('José');
        await field('Enviar depois').check();
        await press('Escape');
        await openPopup();
        await dialog().getByText('Rascunho recuperado').waitFor();
        expect(await value('Nome do cliente')).toBe('José');
        expect(await chat.findings()).toEqual([]);
        await chat.screenshot('start-restored');
        await chat.button('limpar').click();
        await expect.poll(focusedLabel).toBe('Modelo');
        expect(await value('Nome do cliente')).toBe('');
        expect(await field('Enviar depois').isChecked()).toBe(false);
        expect(await kept()).toBe(null);
        expect(await dialog().getByText('Rascunho recuperado').count()).toBe(0);

        await field('Nome do cliente').fill('José');
        await field('Enviar depois').check();
        await chat.button('Cancelar').click();
        await openPopup();
        expect(await value('Nome do cliente')).toBe('');
        expect(await field('Enviar depois').isChecked()).toBe(false);
        expect(await dialog().getByText('Rascunho recuperado').count()).toBe(0);
    });

    test('an emptied form is not brought back filled in', async () => {
        await open();
        await field('Nome do cliente').fill('José');
        await expect.poll(kept).toContain('José');
        await field('Nome do cliente').fill('');
        await expect.poll(kept).toBe(null);
    });

    test('a restored draft still knows whose number it has', async () => {
        await open();
        await field('Nome do cliente').fill('marina');
        await chat.page.getByRole('option', {name: 'Marina Duarte'}).click();
        await press('Escape');
        await openPopup();
        expect(await value('WhatsApp do cliente')).toBe('+5511987100002');
        await field('Nome do cliente').fill('Rui');
        expect(await value('WhatsApp do cliente')).toBe('');
    });

    test('what is missing stays in view, and so does what a tick adds', async () => {
        await chat.page.setViewportSize({width: 1280, height: 600});
        await chat.open();
        await openPopup();
        await chat.page.getByRole('option').first().waitFor();
        await chat.button(/^Enviar$/).click();
        await expect.poll(focusedLabel).toBe('Modelo');
        await chat.page.getByText('Preencha este campo.').first().waitFor();
        await expect.poll(() => chat.page.getByRole('option').count()).toBe(0);
        await press('ArrowDown');
        await chat.page.getByRole('option').first().waitFor();
        await press('Escape');

        await field('Modelo').fill('visita');
        await press('Enter');
        await field('Enviar depois').check();
        const edges = () => chat.page.evaluate(() => [document.querySelector('[type=datetime-local]')!.parentElement!.getBoundingClientRect().bottom, document.querySelector('[role=dialog] footer')!.getBoundingClientRect().top]);
        await expect.poll(async () => {
            const [bottom, foot] = await edges();
            return bottom! <= foot!;
        }).toBe(true);
        await chat.screenshot('start-later-in-view');
    });

    test('a long name is not cut, and it is said that it is too long', async () => {
        await open();
        const long = `Maria ${'dos Santos '.repeat(6)}Reis`;
        await field('Nome do cliente').pressSequentially(long);
        await press('Tab');
        expect(await value('Nome do cliente')).toBe(long);
        await dialog().getByText('O nome pode ter até 64 caracteres.').waitFor();

        // Nor is a value of the template.
        expect(await field('Primeiro nome').getAttribute('maxlength')).toBe(null);
        await field('Primeiro nome').fill('a'.repeat(201));
        await chat.button(/^Enviar/).click();
        await dialog().getByText('Use no máximo 200 caracteres.').waitFor();
    });
});
