import type {Chat} from './chat_setup';

/** What the tests of the popup do with keys, and see of it. */
export const popupOf = (chat: Chat) => {
    const dialog = () => chat.page.getByRole('dialog');
    return {
        dialog,
        press: (...keys: string[]) => keys.reduce((before, key) => before.then(() => chat.page.keyboard.press(key)), Promise.resolve()),
        type: (text: string) => chat.page.keyboard.type(text),
        focusedLabel: () => chat.page.evaluate(() => (document.activeElement as HTMLInputElement).labels?.[0]?.textContent ?? document.activeElement?.textContent ?? ''),
        path: () => chat.page.locator('body').getAttribute('data-path'),
        openPopup: async () => {
            await chat.button('header 0').click();
            await dialog().getByLabel('Modelo', {exact: true}).waitFor();
        },
    };
};
