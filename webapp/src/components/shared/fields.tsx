import React from 'react';
import type {HTMLAttributes, ReactNode} from 'react';

import {Field} from './field';
import styles from './form.module.css';

type Common = {label: string; hint?: ReactNode; error?: string; value: string; onChange: (value: string) => void};

type TextProps = Common & {
    type?: 'text' | 'password' | 'number' | 'search' | 'date' | 'datetime-local';
    min?: string;
    max?: string;
    inputMode?: HTMLAttributes<HTMLInputElement>['inputMode'];
    maxLength?: number;
    placeholder?: string;
};

/** One line of text. The browser's suggestions are off, because it would offer the admin's password for a token. */
export const TextField = ({label, hint, error, value, onChange, type = 'text', ...rest}: TextProps) => (
    <Field
        label={label}
        hint={hint}
        error={error}
    >
        {(control) => (
            <input
                {...control}
                {...rest}
                type={type}
                value={value}
                autoComplete={type === 'password' ? 'new-password' : 'off'}
                onChange={(e) => onChange(e.target.value)}
            />
        )}
    </Field>
);

/** Several lines of text. */
export const LinesField = ({label, hint, error, value, onChange, rows}: Common & {rows: number}) => (
    <Field
        label={label}
        hint={hint}
        error={error}
    >
        {(control) => (
            <textarea
                {...control}
                rows={rows}
                value={value}
                onChange={(e) => onChange(e.target.value)}
            />
        )}
    </Field>
);

export type Option = {value: string; text: string};

type SelectProps = Common & {options: Option[]; disabled?: boolean};

export const SelectField = ({label, hint, error, value, onChange, options, disabled}: SelectProps) => (
    <Field
        label={label}
        hint={hint}
        error={error}
    >
        {(control) => (
            <select
                {...control}
                value={value}
                disabled={disabled}
                onChange={(e) => onChange(e.target.value)}
            >
                {options.map((o) => (
                    <option
                        key={o.value}
                        value={o.value}
                    >
                        {o.text}
                    </option>
                ))}
            </select>
        )}
    </Field>
);

type CheckProps = {label: string; checked: boolean; disabled?: boolean; onChange: (checked: boolean) => void};

export const Check = ({label, checked, disabled, onChange}: CheckProps) => (
    <label className={styles.check}>
        <input
            type='checkbox'
            checked={checked}
            disabled={disabled}
            onChange={(e) => onChange(e.target.checked)}
        />
        <span>{label}</span>
    </label>
);
