import type {KnownCustomer} from 'src/api/types';

import type {Typed} from './use_start_form';

/** Nothing of a known customer is left: neither who they are nor the document that the server has of them. */
const nobody = {customerId: '', cpfMasked: '', chosenName: ''};

/**
 * A chosen person comes whole: their name, their number, and the document that the server keeps of them. Half of one person beside half
 * of another would send a message meant for the one to the other. A typed document counts only for who has none yet.
 */
export const chosen = ({cpf}: Typed, by: 'name' | 'phone' | 'cpf', customer: KnownCustomer): Partial<Typed> => ({
    customerId: customer.id,
    cpfMasked: customer.cpf_masked,
    chosenName: by === 'name' ? customer.name : '',
    name: customer.name,
    phone: customer.phone,
    cpf: customer.cpf_masked ? '' : cpf,
});

/**
 * Whoever was chosen by name is somebody else with another name, and what came with them goes with it. Whoever was found by number or
 * document stays who they are: there the name can be corrected.
 */
export const renamed = ({chosenName}: Typed, name: string): Partial<Typed> =>
    (chosenName && !sameName(chosenName, name) ? {name, phone: '', ...nobody} : {name});

/** With another number it is another customer's document, and the number is typed. */
export const renumbered = (phone: string): Partial<Typed> => ({phone, ...nobody});

/** The name itself, its beginning, or more of it: case and accents do not count, and neither does somebody still at the last word. */
function sameName(known: string, typed: string): boolean {
    const [a, b] = [plain(known), plain(typed)];
    return b !== '' && (a.startsWith(b) || b.startsWith(`${a} `));
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().split(/\s+/).join(' ').trim();
