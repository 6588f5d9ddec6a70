import type {StartTemplate} from 'src/api/types';

/** What the customer will see of a template. */
export type FilledTemplate = {
    header: string;

    /** Of a header that is no text: `IMAGE`, `VIDEO`, `DOCUMENT`, `LOCATION`; else ''. */
    media: string;
    body: string;
    footer: string;
    buttons: Array<{kind: string; text: string}>;
};

const placeholder = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/**
 * Fills a template with values by the names of its elements, as the server does: white space around a value is cut off, a missing value
 * shows its label, and braces inside a value are not filled in.
 */
export function fillTemplate(template: StartTemplate, values: Record<string, string>): FilledTemplate {
    const labels = Object.fromEntries(template.variables.map((v) => [v.element, v.label]));
    const fill = (component: 'header' | 'body', text: string) => {
        const names: string[] = [];
        return text.replace(placeholder, (_found, name: string) => {
            if (!names.includes(name)) {
                names.push(name);
            }
            const element = elementOf(component, name, names.indexOf(name));
            return values[element]?.trim() || `[${labels[element] || name}]`;
        });
    };
    const {header} = template;
    const textHeader = header.format === 'TEXT';
    return {
        header: textHeader ? fill('header', header.text) : '',
        media: textHeader ? '' : header.format,
        body: fill('body', template.text),
        footer: template.footer,
        buttons: template.buttons.map(({type, text}) => ({kind: type, text})),
    };
}

/** The element of a placeholder. A header's element is a number even where its placeholder has a name. */
const elementOf = (component: 'header' | 'body', name: string, index: number) =>
    `${component}_${component === 'header' && !(/^\d+$/).test(name) ? index + 1 : name}`;
