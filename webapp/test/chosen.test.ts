import type {KnownCustomer} from 'src/api/types';
import {chosen, renamed, renumbered} from 'src/components/start/chosen';
import type {Typed} from 'src/components/start/use_start_form';
import {expect, test} from 'vitest';

const nothing: Typed = {queueId: 'q1', templateId: 't1', values: {}, name: '', phone: '', chosenName: '', customerId: '', cpfMasked: '', cpf: '', reason: '', origin: '', note: ''};

const known = (id: string, name: string, phone: string, cpf: string) => ({id, name, phone, cpf_masked: cpf}) as KnownCustomer;
const fernanda = known('f', 'Fernanda Lima', '+5511911110001', '***.111.***-**');
const rui = known('r', 'Rui Costa', '+5511911110002', '***.222.***-**');
const noDocument = known('n', 'Nina Reis', '+5511911110003', '');

type Step = (typed: Typed) => Partial<Typed>;
const byName = (who: KnownCustomer): Step => (typed) => chosen(typed, 'name', who);
const byPhone = (who: KnownCustomer): Step => (typed) => chosen(typed, 'phone', who);
const byCpf = (who: KnownCustomer): Step => (typed) => chosen(typed, 'cpf', who);
const name = (text: string): Step => (typed) => renamed(typed, text);
const phone = (text: string): Step => () => renumbered(text);
const cpf = (text: string): Step => () => ({cpf: text});

const own = '(11) 98888-7777';
const typedCpf = '529.982.247-25';

/** What the agent does, and the name, the number, the kept document and the typed one that the form then has. */
const cases: Array<[string, Step[], [name: string, phone: string, kept: string, cpf: string]]> = [

    // Choosing brings the whole person, whatever stood there.
    ['chosen by name', [name('Fern'), byName(fernanda)], ['Fernanda Lima', fernanda.phone, fernanda.cpf_masked, '']],
    ['another one chosen after the first', [byName(fernanda), name('Rui'), byName(rui)], ['Rui Costa', rui.phone, rui.cpf_masked, '']],
    ['another one chosen without a key between', [byName(fernanda), byName(rui)], ['Rui Costa', rui.phone, rui.cpf_masked, '']],
    ['chosen by name over a typed number', [phone(own), name('Rui'), byName(rui)], ['Rui Costa', rui.phone, rui.cpf_masked, '']],
    ['chosen by number under another name', [name('Rui'), phone('1111'), byPhone(fernanda)], ['Fernanda Lima', fernanda.phone, fernanda.cpf_masked, '']],
    ['chosen by document', [name('Rui'), phone(own), cpf(typedCpf), byCpf(fernanda)], ['Fernanda Lima', fernanda.phone, fernanda.cpf_masked, '']],
    ['another document that was typed before', [cpf(typedCpf), byName(rui)], ['Rui Costa', rui.phone, rui.cpf_masked, '']],
    ['a typed document of who has none yet', [cpf(typedCpf), byName(noDocument)], ['Nina Reis', noDocument.phone, '', typedCpf]],

    // Another name is another person, and takes along what the first one brought.
    ['renamed by hand', [byName(fernanda), name('Rui')], ['Rui', '', '', '']],
    ['another one of the same first name', [byName(fernanda), name('Fernanda Souza')], ['Fernanda Souza', '', '', '']],
    ['the name emptied', [byName(fernanda), name('')], ['', '', '', '']],
    ['a name that only begins alike', [byName(fernanda), name('Fernanda Limaverde')], ['Fernanda Limaverde', '', '', '']],
    ['renamed, with a document that was typed after the choice', [byName(fernanda), cpf(typedCpf), name('Rui')], ['Rui', '', '', typedCpf]],

    // The same name, written a little otherwise, is not.
    ['case and accents', [byName(fernanda), name('FERNÁNDA  lima')], ['FERNÁNDA  lima', fernanda.phone, fernanda.cpf_masked, '']],
    ['a letter taken away and typed again', [byName(fernanda), name('Fernanda Lim'), name('Fernanda Lima')], ['Fernanda Lima', fernanda.phone, fernanda.cpf_masked, '']],
    ['one more surname', [byName(fernanda), name('Fernanda Lima '), name('Fernanda Lima Reis')], ['Fernanda Lima Reis', fernanda.phone, fernanda.cpf_masked, '']],

    // What was typed stays.
    ['a number typed after the choice, then renamed', [byName(fernanda), phone(own), name('Rui')], ['Rui', own, '', '']],
    ['a number typed, then a name', [phone(own), name('Rui'), name('Ana')], ['Ana', own, '', '']],
    ['another number for the same person', [byName(fernanda), phone(own)], ['Fernanda Lima', own, '', '']],

    // Whoever was found by the number stays who they are: the name may be wrong.
    ['found by number, the name corrected', [phone('1111'), byPhone(fernanda), name('Fernada Lima')], ['Fernada Lima', fernanda.phone, fernanda.cpf_masked, '']],
    ['found by number, the name written anew', [phone('1111'), byPhone(fernanda), name(''), name('Dona Nanda')], ['Dona Nanda', fernanda.phone, fernanda.cpf_masked, '']],
    ['found by document, the name corrected', [cpf(typedCpf), byCpf(fernanda), name('Fernanda L.')], ['Fernanda L.', fernanda.phone, fernanda.cpf_masked, '']],
    ['found by number, then another one chosen by name', [byPhone(fernanda), name('Rui'), byName(rui), name('Ana')], ['Ana', '', '', '']],
];

test.each(cases)('%s', (_what, steps, [wantedName, wantedPhone, kept, wantedCpf]) => {
    const typed = steps.reduce<Typed>((before, step) => ({...before, ...step(before)}), nothing);
    expect(typed).toMatchObject({name: wantedName, phone: wantedPhone, cpfMasked: kept, cpf: wantedCpf});
    expect(Boolean(typed.customerId)).toBe([fernanda, rui, noDocument].some((who) => who.phone === wantedPhone));
});
