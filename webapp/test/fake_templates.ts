import type {Template} from 'src/api/types';

type Body = Record<string, unknown>;

/** Takes a new template, an edited one or a sample, or says what is risky about it. Meta refuses a text that begins with a variable; so does the lint. */
export function submitTemplate(templates: Template[], atMeta: Template[], id: string, body: Body): {status: number; body: object} {
    if (id === 'samples') {
        return {status: 201, body: {handle: '4::amostra'}};
    }
    const components = body.components as Array<{type: string; text?: string}>;
    const text = components.find((c) => c.type === 'BODY')?.text ?? '';
    const edge = text.startsWith('{{');
    if (id === 'lint') {
        return {status: 200, body: {risks: edge ? [{code: 'variable_at_edge', text: 'O texto começa com uma variável.'}] : []}};
    }
    if (edge) {
        return {status: 502, body: {error: {code: 'meta_refused', meta_code: 100, message: 'Variables can’t be at the start.'}}};
    }
    const changed = {components, text, status: 'PENDING', rejected_reason: '', category: body.category, uneditable_reason: 'Em análise.'};
    const known = templates.find((t) => t.id === id);
    if (known) {
        return {status: 200, body: Object.assign(known, changed)};
    }
    const made = {...atMeta[0]!, ...changed, id: 'made', account_id: String(body.account_id), name: String(body.name), language: String(body.language), approved: false} as Template;
    templates.push(made);
    return {status: 201, body: made};
}
