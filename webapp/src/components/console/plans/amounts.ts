import type {Prices} from 'src/api/types';

/** Prices as they are typed into their fields. */
export type PriceTexts = Record<keyof Prices, string>;

export const noPrices: PriceTexts = {marketing: '', utility: '', authentication: '', service: ''};

/**
 * Reads an amount as people type it: 1.234,56 in Portuguese, 1,234.56 in English. A price that was copied from Meta's list (0.3125) is
 * read correctly in both. Returns NaN for a text that is no amount.
 */
export function readAmount(text: string, locale: string): number {
    const compact = text.replace(/\s/g, '');
    if (!(/^\d[\d.,]*$/).test(compact)) {
        return NaN;
    }
    const thousands = locale.startsWith('pt') ? '.' : ',';
    const mark = Math.max(compact.lastIndexOf(','), compact.lastIndexOf('.'));
    const grouped = new RegExp(`^[1-9]\\d{0,2}(\\${thousands}\\d{3})+$`).test(compact);
    if (mark < 0 || grouped) {
        return Number(compact.replace(/[.,]/g, ''));
    }
    return Number(`${compact.slice(0, mark).replace(/[.,]/g, '')}.${compact.slice(mark + 1)}`);
}

export const readPrices = (texts: PriceTexts, locale: string): Prices => ({
    marketing: readAmount(texts.marketing, locale),
    utility: readAmount(texts.utility, locale),
    authentication: readAmount(texts.authentication, locale),
    service: readAmount(texts.service, locale),
});

/** An amount for a field, with the decimal mark of the reader's language. */
export const writeAmount = (amount: number, locale: string) =>
    new Intl.NumberFormat(locale, {useGrouping: false, maximumFractionDigits: 6}).format(amount);

export const writePrices = (prices: Prices, locale: string): PriceTexts => ({
    marketing: writeAmount(prices.marketing, locale),
    utility: writeAmount(prices.utility, locale),
    authentication: writeAmount(prices.authentication, locale),
    service: writeAmount(prices.service, locale),
});
