import type {StartTemplate} from 'src/api/types';
import type {MessageKey} from 'src/i18n';
import {documentProblem} from 'src/whatsapp/document';
import {phoneProblem} from 'src/whatsapp/phone';

import type {Typed} from './use_start_form';

/** Names of the fields that do not come from the template, as the server has them. */
export const nameField = 'customer_name';
export const phoneField = 'phone';
export const cpfField = 'cpf';
export const sendAtField = 'send_at';

const missing: MessageKey = 'whatsapp-ativo.start.missing';

/** The server's limit of a name. The field takes more, because a name that is cut while it is pasted goes out cut. */
const longestName = 64;

const phoneTexts: Record<string, MessageKey> = {
    short: 'whatsapp-ativo.start.phone_short',
    area: 'whatsapp-ativo.start.phone_area',
    ninth: 'whatsapp-ativo.start.phone_ninth',
};

const documentTexts: Record<string, MessageKey> = {
    short: 'whatsapp-ativo.start.cpf_short',
    wrong: 'whatsapp-ativo.start.cpf_wrong',
};

const nameProblem = (name: string): MessageKey | undefined => ([...name.trim()].length > longestName ? 'whatsapp-ativo.start.name_long' : undefined);

/** What can be seen to be wrong without the server, by field. Whether a document is required only the server knows. */
export function problemsOf({name, phone, cpf, sendAt}: Typed, values: Record<string, string>, template?: StartTemplate): Record<string, MessageKey> {
    const all: Array<[string, MessageKey | undefined]> = [
        ['template', template ? undefined : 'whatsapp-ativo.start.template_missing'],
        [nameField, name.trim() ? nameProblem(name) : missing],
        [phoneField, phone.trim() ? phoneTexts[phoneProblem(phone)] : missing],
        [cpfField, cpf.trim() ? documentTexts[documentProblem(cpf)] : undefined],
        [sendAtField, sendAt === '' ? missing : undefined],
        ...Object.entries(values).map(([element, value]): [string, MessageKey | undefined] => [element, value.trim() ? undefined : missing]),
    ];
    return Object.fromEntries(all.filter((one): one is [string, MessageKey] => Boolean(one[1])));
}
