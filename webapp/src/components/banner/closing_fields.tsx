import React, {useId} from 'react';
import type {ClosingField} from 'src/api/types';
import type {Option} from 'src/components/shared/fields';
import {useText} from 'src/i18n/use_text';

import styles from './banner.module.css';

type SelectProps = {id: string; value: string; options: Option[]; none: string; error?: string; required?: boolean; onChange: (value: string) => void};

/** A choice with what is wrong with it. `none` stands for no choice. */
export const ReasonField = ({id, value, options, none, error, required, onChange}: SelectProps) => (
    <>
        <select
            id={id}
            className='form-control'
            value={value}
            aria-required={required}
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? `${id}-error` : undefined}
            onChange={(e) => onChange(e.target.value)}
        >
            <option value=''>{none}</option>
            {options.map((o) => (
                <option
                    key={o.value}
                    value={o.value}
                >
                    {o.text}
                </option>
            ))}
        </select>
        <FieldError
            id={id}
            text={error}
        />
    </>
);

type FieldProps = {field: ClosingField; value: string; error?: string; onChange: (value: string) => void};

/** What a closing reason asks for. */
export const BannerField = ({field, value, error, onChange}: FieldProps) => {
    const t = useText();
    const id = useId();
    return (
        <div className={styles.field}>
            <label htmlFor={id}>{field.required ? `${field.label} *` : field.label}</label>
            {field.type === 'select' ? (
                <ReasonField
                    id={id}
                    value={value}
                    options={field.options.map((o) => ({value: o, text: o}))}
                    none={t('whatsapp-ativo.close.option')}
                    error={error}
                    required={field.required}
                    onChange={onChange}
                />
            ) : (
                <>
                    <input
                        id={id}
                        className='form-control'
                        inputMode={field.type === 'number' ? 'decimal' : undefined}
                        maxLength={500}
                        value={value}
                        aria-required={field.required}
                        aria-invalid={error ? true : undefined}
                        aria-describedby={error ? `${id}-error` : undefined}
                        onChange={(e) => onChange(e.target.value)}
                    />
                    <FieldError
                        id={id}
                        text={error}
                    />
                </>
            )}
        </div>
    );
};

const FieldError = ({id, text}: {id: string; text?: string}) => (text ? (
    <span
        id={`${id}-error`}
        className={styles.error}
        role='alert'
    >
        {text}
    </span>
) : null);
