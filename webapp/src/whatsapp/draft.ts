/** A component of a template, or a button, as Meta writes it. */
export type Json = {[name: string]: unknown};

export type DraftButton = {type: string; text: string; value: string; example: string};

/** A template as a person writes it. */
export type Draft = {

    /** Meta's word for the kind of header: TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION; '' = none. */
    format: string;
    header: string;

    /** Of a header that is a file: Meta's name for the sample. */
    sample: string;
    body: string;
    footer: string;
    buttons: DraftButton[];

    /** By part and name of the variable: `header 1`, `body name`. */
    examples: Record<string, string>;
};

export const emptyDraft: Draft = {format: '', header: '', sample: '', body: '', footer: '', buttons: [], examples: {}};

/** The buttons that can be written, and the name of what they act on. */
export const buttonValues: Record<string, string> = {QUICK_REPLY: '', URL: 'url', PHONE_NUMBER: 'phone_number'};

const placeholder = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;
const fileFormats = ['IMAGE', 'VIDEO', 'DOCUMENT'];

/** The variables of a text, each once, in their order. */
export const variablesOf = (text: string) => [...new Set([...text.matchAll(placeholder)].map((found) => found[1]!))];

const isNumber = (name: string) => (/^\d+$/).test(name);

/** Numbers in their order, as Meta lists their examples; names as they come. */
const inOrder = (names: string[]) => (names.every(isNumber) ? [...names].sort((a, b) => Number(a) - Number(b)) : names);

/** The components that Meta gets. */
export function componentsOf(draft: Draft): Json[] {
    const named = [...variablesOf(draft.header), ...variablesOf(draft.body)].some((name) => !isNumber(name));
    const examples = (part: 'header' | 'body', text: string): Json => {
        const names = inOrder(variablesOf(text));
        if (names.length === 0 || names.every((name) => !draft.examples[`${part} ${name}`])) {
            return {};
        }
        const values = names.map((name) => draft.examples[`${part} ${name}`] ?? '');
        if (named) {
            return {example: {[`${part}_text_named_params`]: names.map((name, i) => ({param_name: name, example: values[i]}))}};
        }
        return {example: {[`${part}_text`]: part === 'body' ? [values] : values}};
    };
    const components: Json[] = [];
    if (draft.format === 'TEXT') {
        components.push({type: 'HEADER', format: 'TEXT', text: draft.header, ...examples('header', draft.header)});
    } else if (draft.format) {
        components.push({type: 'HEADER', format: draft.format, ...(draft.sample && {example: {header_handle: [draft.sample]}})});
    }
    components.push({type: 'BODY', text: draft.body, ...examples('body', draft.body)});
    if (draft.footer) {
        components.push({type: 'FOOTER', text: draft.footer});
    }
    if (draft.buttons.length > 0) {
        components.push({type: 'BUTTONS',
            buttons: draft.buttons.map(({type, text, value, example}) => ({
                type, text, ...(buttonValues[type] && {[buttonValues[type]!]: value}), ...(example && {example: [example]}),
            }))});
    }
    return components;
}

/** Reads what Meta has. Undefined where it holds something that this editor would lose. */
export function readDraft(components: Json[]): Draft | undefined {
    const draft: Draft = {...emptyDraft, buttons: [], examples: {}};
    for (const component of components) {
        const text = String(component.text ?? '');
        switch (String(component.type).toUpperCase()) {
        case 'HEADER':
            draft.format = String(component.format ?? 'TEXT').toUpperCase();
            draft.header = text;
            if (fileFormats.includes(draft.format)) {
                draft.sample = String(((component.example as Json)?.header_handle as string[])?.[0] ?? '');
            }
            readExamples(draft, 'header', text, component.example as Json);
            break;
        case 'BODY':
            draft.body = text;
            readExamples(draft, 'body', text, component.example as Json);
            break;
        case 'FOOTER':
            draft.footer = text;
            break;
        case 'BUTTONS':
            draft.buttons = ((component.buttons ?? []) as Json[]).map((button) => {
                const type = String(button.type).toUpperCase();
                return {type, text: String(button.text ?? ''), value: String(button[buttonValues[type] ?? ''] ?? ''), example: String((button.example as string[])?.[0] ?? '')};
            });
        }
    }
    return canonical(componentsOf(draft)) === canonical(components.map(inCapitals)) ? draft : undefined;
}

function readExamples(draft: Draft, part: 'header' | 'body', text: string, example?: Json) {
    const named = example?.[`${part}_text_named_params`] as Array<{param_name: string; example: string}> | undefined;
    named?.forEach((one) => {
        draft.examples[`${part} ${one.param_name}`] = one.example;
    });
    const given = example?.[`${part}_text`] as string[] | string[][] | undefined;
    const list = Array.isArray(given?.[0]) ? given[0] : given as string[] | undefined;
    if (Array.isArray(list)) {
        inOrder(variablesOf(text)).forEach((name, i) => {
            draft.examples[`${part} ${name}`] = list[i] ?? '';
        });
    }
}

/** Meta takes its own words in either case. */
const inCapitals = (component: Json): Json => ({
    ...component,
    type: String(component.type).toUpperCase(),
    ...(component.format !== undefined && {format: String(component.format).toUpperCase()}),
    ...(Array.isArray(component.buttons) && {buttons: (component.buttons as Json[]).map((b) => ({...b, type: String(b.type).toUpperCase()}))}),
});

/** JSON in which the order of names does not matter. */
function canonical(value: unknown): string {
    return JSON.stringify(value, (_name, inner: unknown) => (
        inner && typeof inner === 'object' && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner
    ));
}
