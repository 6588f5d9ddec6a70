import React, {useId} from 'react';
import type {ReactNode} from 'react';

/** What a control inside a field needs, so that its label, hint and error are read out with it. */
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

/** A label, the control of a form, what helps to fill it in, and what is wrong with it. */
export const Field = ({label, hint, error, children}: Props) => {
    const id = useId();
    const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
    return (
        <div className='WhatsappAtivoAdmin__field'>
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
                    className='WhatsappAtivoAdmin__hint'
                >
                    {hint}
                </div>
            )}
            {error && (
                <div
                    id={`${id}-error`}
                    className='WhatsappAtivoAdmin__error'
                >
                    {error}
                </div>
            )}
        </div>
    );
};
