import React from 'react';
import type {StartTemplate} from 'src/api/types';
import {TextField} from 'src/components/shared/fields';
import {useText} from 'src/i18n/use_text';

import styles from './start.module.css';

type Variable = StartTemplate['variables'][number];
type Props = {variables: Variable[]; values: Record<string, string>; errors: Record<string, string>; onChange: (element: string, value: string) => void};

/**
 * The template's variables. What is too long the server says at the field: cut while it is pasted, it would go out cut. Those of a
 * carousel's card stand together under its number, which their labels then need not say.
 */
export const VariableFields = ({variables, values, errors, onChange}: Props) => {
    const t = useText();
    const field = ({element, kind, label, example}: Variable, of = '') => (
        <TextField
            key={element}
            label={of && label.startsWith(`${of}: `) ? label.slice(of.length + 2) : label}
            type={kind === 'moment' ? 'datetime-local' : 'text'}
            error={errors[element]}
            placeholder={example && t('whatsapp-ativo.start.example', {example})}
            value={values[element] ?? ''}
            onChange={(value) => onChange(element, value)}
        />
    );
    const cards = [...new Set(variables.map(cardOf))].filter(Boolean);

    return (
        <>
            {variables.filter((v) => !cardOf(v)).map((v) => field(v))}
            {cards.map((n) => {
                const name = t('whatsapp-ativo.start.card', {n});
                return (
                    <fieldset
                        key={n}
                        className={styles.card}
                    >
                        <legend>{name}</legend>
                        {variables.filter((v) => cardOf(v) === n).map((v) => field(v, name))}
                    </fieldset>
                );
            })}
        </>
    );
};

/** The number of the card that a variable belongs to; 0 = the message itself. */
const cardOf = ({element}: Variable) => Number((/^card_(\d+)_/).exec(element)?.[1] ?? 0);
