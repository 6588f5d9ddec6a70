import React, {useState} from 'react';
import type {KnownCustomer} from 'src/api/types';
import {Combobox} from 'src/components/shared/combobox';
import {useText} from 'src/i18n/use_text';
import {maskDocument} from 'src/whatsapp/document';
import {maskPhone} from 'src/whatsapp/phone';

import {chosen, renamed, renumbered} from './chosen';
import styles from './customer_fields.module.css';
import {cpfField, nameField, phoneField} from './problems';
import {useKnownCustomers} from './use_known_customers';
import type {Typed} from './use_start_form';

type Field = 'name' | 'phone' | 'cpf';

type Props = {
    typed: Typed;

    /** What is wrong, by the server's names of the fields. */
    errors: Record<string, string>;
    onChange: (part: Partial<Typed>) => void;

    /** Called after a known customer was chosen and the fields are filled in. */
    onKnown: () => void;
    onLeave: (field: string) => void;
};

/** Who gets the message. Whatever is typed into one of the fields finds the customers that are known. */
export const CustomerFields = ({typed, errors, onChange, onKnown, onLeave}: Props) => {
    const t = useText();
    const [field, setField] = useState<Field>('name');
    const known = useKnownCustomers(typed[field]);

    const type = (name: Field, text: string) => {
        setField(name);
        onChange(change(typed, name, text));
    };
    const choose = (name: Field, customer: KnownCustomer) => {
        onChange(chosen(typed, name, customer));
        onKnown();
    };
    const common = (name: Field, serverName: string) => ({
        text: typed[name],
        error: errors[serverName],
        onBlur: () => onLeave(serverName),
        status: t('whatsapp-ativo.start.customers_found', {n: known.length}),
        onChoose: (id: string) => choose(name, known.find((customer) => customer.id === id)!),
        choices: name === field ? known.map((customer) => ({id: customer.id, node: <Customer customer={customer}/>})) : [],
    });
    return (
        <>
            <Combobox
                {...common('name', nameField)}
                label={t('whatsapp-ativo.start.customer_name')}
                placeholder={t('whatsapp-ativo.start.customer_name_hint')}
                onText={(text) => type('name', text)}
            />
            <div className={styles.pair}>
                <Combobox
                    {...common('phone', phoneField)}
                    label={t('whatsapp-ativo.start.customer_phone')}
                    placeholder='(11) 98765-4321'
                    inputMode='tel'
                    maxLength={150}
                    onText={(text) => type('phone', masked(typed.phone, text, maskPhone))}
                />
                <Combobox
                    {...common('cpf', cpfField)}
                    label={t('whatsapp-ativo.customer.cpf')}
                    data-filled={typed.cpfMasked ? true : undefined}
                    placeholder={typed.cpfMasked ? t('whatsapp-ativo.start.cpf_known', {cpf: typed.cpfMasked}) : '000.000.000-00'}
                    maxLength={40}
                    onText={(text) => type('cpf', masked(typed.cpf, text, maskDocument))}
                />
            </div>
        </>
    );
};

/** Puts the punctuation in where something was added at the end. Elsewhere it would move the cursor away from where somebody types. */
const masked = (before: string, text: string, mask: (text: string) => string) => {
    const grown = text.length > before.length && (text.startsWith(before) || before === '');
    return grown ? mask(text) : text;
};

/** What becomes of everything that was typed when one field is. */
function change(typed: Typed, field: Field, text: string): Partial<Typed> {
    switch (field) {
    case 'name':
        return renamed(typed, text);
    case 'phone':
        return renumbered(text);
    default:
        return {cpf: text};
    }
}

const Customer = ({customer: {name, phone, cpf_masked: cpf}}: {customer: KnownCustomer}) => (
    <span className={styles.known}>
        <strong>{name}</strong>
        <span>{[phone, cpf].filter(Boolean).join(' · ')}</span>
    </span>
);
