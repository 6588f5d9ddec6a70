import type {StartTemplate} from 'src/api/types';

/** What the customer will see of a message, or of one card of its carousel. */
export type FilledPart = {
    header: string;

    /** Of a header that is no text: `IMAGE`, `VIDEO`, `DOCUMENT`, `LOCATION`; else ''. */
    media: string;

    /** Where the browser finds the header's file. */
    source?: string;
    body: string;
    footer: string;
    buttons: Array<{kind: string; text: string}>;
};

/** What the customer will see of a template. */
export type FilledTemplate = FilledPart & {

    /** The text of a limited-time offer, and when it ends as the form has it. */
    offer?: string;
    ends?: string;
    cards?: FilledPart[];
};

const placeholder = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/**
 * Fills a template with values by the names of its elements, as the server does: white space around a value is cut off, a missing value
 * shows its label, and braces inside a value are not filled in.
 */
export function fillTemplate(template: StartTemplate, values: Record<string, string>): FilledTemplate {
    const labels = Object.fromEntries(template.variables.map((v) => [v.element, v.label]));
    const fillPart = ({header, text: body, footer, buttons}: StartTemplate['cards'][number], prefix = ''): FilledPart => {
        const fill = (component: 'header' | 'body', text: string) => {
            const names: string[] = [];
            return text.replace(placeholder, (_found, name: string) => {
                if (!names.includes(name)) {
                    names.push(name);
                }
                const element = prefix + elementOf(component, name, names.indexOf(name));
                return values[element]?.trim() || `[${labels[element] || name}]`;
            });
        };
        const textHeader = header.format === 'TEXT';
        return {
            header: textHeader ? fill('header', header.text) : '',
            media: textHeader ? '' : header.format,
            body: fill('body', body),
            footer,

            // A button that copies a code has no text of its own.
            buttons: buttons.map(({type, text}, i) => ({kind: type, text: text || values[`${prefix}button_${i}`] || ''})),
        };
    };
    return {
        ...fillPart(template),
        offer: template.offer,
        ends: values.limited_time_offer_1,
        cards: template.cards.map((card, i) => fillPart(card, `card_${i + 1}_`)),
    };
}

/** The element of a placeholder. A header's element is a number even where its placeholder has a name. */
const elementOf = (component: 'header' | 'body', name: string, index: number) =>
    `${component}_${component === 'header' && !(/^\d+$/).test(name) ? index + 1 : name}`;
