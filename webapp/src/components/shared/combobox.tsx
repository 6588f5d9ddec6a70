import React, {useEffect, useId, useState} from 'react';
import type {HTMLAttributes, KeyboardEvent, ReactNode} from 'react';
import {HiddenText} from 'src/components/shared/hidden_text';

import styles from './combobox.module.css';
import {Field} from './field';

export type Choice = {id: string; disabled?: boolean; node: ReactNode};

type Props = {
    label: string;
    hint?: ReactNode;
    error?: string;
    text: string;
    onText: (text: string) => void;
    choices: Choice[];
    onChoose: (id: string) => void;
    onBlur?: () => void;

    /** What screen readers read out about the choices. */
    status: string;

    /** All choices are there as soon as the field has the focus, not only while somebody types; with an error they wait for a click or a key. */
    openOnFocus?: boolean;

    /** The field may stay empty: what belongs into it is known. */
    'data-filled'?: boolean;
    placeholder?: string;
    maxLength?: number;
    inputMode?: HTMLAttributes<HTMLInputElement>['inputMode'];
};

/**
 * A text field with choices under it, as the WAI-ARIA pattern for comboboxes has it. Enter takes the one that is marked; where only one
 * is left, that one is marked by itself.
 */
export const Combobox = ({label, hint, error, text, onText, choices, onChoose, onBlur, status, openOnFocus, ...input}: Props) => {
    const id = useId();
    const [open, setOpen] = useState(false);
    const [moved, setMoved] = useState('');
    const enabled = choices.filter((c) => !c.disabled);
    const active = enabled.find((c) => c.id === moved) ?? (enabled.length === 1 || openOnFocus ? enabled[0] : undefined);
    const shown = open && choices.length > 0;

    // What is wrong comes into sight, and what is wrong with the fields below.
    useEffect(() => {
        if (error && openOnFocus) {
            setOpen(false);
        }
    }, [error, openOnFocus]);

    const choose = (choice: Choice) => {
        if (!choice.disabled) {
            setOpen(false);
            onChoose(choice.id);
        }
    };
    const move = (by: number) => {
        const at = enabled.findIndex((c) => c.id === active?.id);
        const next = enabled[at < 0 ? Math.min(0, by) + (by < 0 ? enabled.length : 0) : (at + by + enabled.length) % enabled.length];
        setOpen(true);
        setMoved(next?.id ?? '');
        document.getElementById(`${id}-${next?.id}`)?.scrollIntoView({block: 'nearest'});
    };
    const onKeyDown = (e: KeyboardEvent) => {
        if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
            e.preventDefault();
            move(e.key === 'ArrowDown' ? 1 : -1);
        } else if (shown && e.key === 'Escape') {
            e.preventDefault();
            setOpen(false);
        } else if (shown && e.key === 'Enter' && active && !e.ctrlKey && !e.metaKey) {
            e.preventDefault();
            choose(active);
        }
    };

    return (
        <Field
            label={label}
            hint={hint}
            error={error}
        >
            {(control) => (
                <div className={styles.root}>
                    <input
                        {...control}
                        {...input}
                        type='text'
                        role='combobox'
                        autoComplete='off'
                        aria-autocomplete='list'
                        aria-expanded={shown}
                        aria-controls={`${id}-list`}
                        aria-activedescendant={shown && active ? `${id}-${active.id}` : undefined}
                        value={text}
                        onChange={(e) => {
                            setOpen(true);
                            setMoved('');
                            onText(e.target.value);
                        }}
                        onFocus={(e) => {
                            if (openOnFocus) {
                                setOpen(!error);
                                e.target.select();
                            }
                        }}
                        onClick={() => openOnFocus && setOpen(true)}
                        onBlur={() => {
                            setOpen(false);
                            onBlur?.();
                        }}
                        onKeyDown={onKeyDown}
                    />
                    <ul
                        id={`${id}-list`}
                        className={styles.list}
                        role='listbox'
                        aria-label={status}
                        hidden={!shown}
                    >
                        {shown && choices.map((choice) => (
                            <li
                                key={choice.id}
                                id={`${id}-${choice.id}`}
                                role='option'
                                aria-selected={choice.id === active?.id}
                                aria-disabled={choice.disabled}

                                // Not the click: the field would have lost the focus, and the list would be gone, before it.
                                onMouseDown={(e) => {
                                    e.preventDefault();
                                    choose(choice);
                                }}
                            >
                                {choice.node}
                            </li>
                        ))}
                    </ul>
                    <span role='status'><HiddenText>{shown ? status : ''}</HiddenText></span>
                </div>
            )}
        </Field>
    );
};
