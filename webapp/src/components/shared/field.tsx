import React, {useId} from 'react';
import type {ReactNode} from 'react';

import styles from './form.module.css';

/** The attributes of a control inside a field. With them, screen readers read out its label, its hint and its error. */
export type Control = {
    id: string;
    className: string;
    'aria-invalid'?: boolean;
    'aria-describedby'?: string;
};

type Props = {
    label: string;
    hint?: ReactNode;
    error?: string;
    children: (control: Control) => ReactNode;
};

/** A control with its label, a hint, and what is wrong with the value. */
export const Field = ({label, hint, error, children}: Props) => {
    const id = useId();
    const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
    return (
        <div className={styles.field}>
            <label htmlFor={id}>{label}</label>
            {children({
                id,
                className: 'form-control',
                'aria-invalid': error ? true : undefined,
                'aria-describedby': described || undefined,
            })}
            {hint && (
                <div
                    id={`${id}-hint`}
                    className={styles.hint}
                >
                    {hint}
                </div>
            )}
            {error && (
                <div
                    id={`${id}-error`}
                    className={styles.error}
                >
                    {error}
                </div>
            )}
        </div>
    );
};
