import React, {useEffect, useRef, useState} from 'react';
import type {ReactNode} from 'react';
import {useText} from 'src/i18n/use_text';

import styles from './buttons.module.css';

type Kind = 'primary' | 'secondary' | 'tertiary' | 'danger';

type ButtonProps = {
    kind?: Kind;
    disabled?: boolean;
    expanded?: boolean;

    /** What the button acts on. Screen readers read it out behind the text, which alone is the same on each card. */
    of?: string;

    /** What screen readers read out instead of the text. */
    label?: string;
    onClick: () => void;
    children: string;
};

/** A small button of the web client's kinds. */
export const Button = ({kind = 'tertiary', disabled, expanded, of, label, onClick, children}: ButtonProps) => (
    <button
        type='button'
        className={`btn btn-sm btn-${kind}`}
        disabled={disabled}
        aria-expanded={expanded}
        aria-label={label ?? (of && `${children}: ${of}`)}
        onClick={onClick}
    >
        {children}
    </button>
);

type ConfirmProps = {kind?: Kind; question: string; disabled?: boolean; of?: string; onConfirm: () => void; children: string};

/** A button that asks first, for what cannot be undone. */
export const ConfirmButton = ({kind, question, disabled, of, onConfirm, children}: ConfirmProps) => {
    const t = useText();
    const [asking, setAsking] = useState(false);
    const box = useRef<HTMLSpanElement>(null);

    // The focus goes to "no", so that a second Enter does no harm.
    useEffect(() => {
        if (asking) {
            box.current?.querySelector<HTMLElement>('button:last-child')?.focus();
        }
    }, [asking]);

    if (!asking) {
        return (
            <Button
                kind={kind}
                disabled={disabled}
                of={of}
                onClick={() => setAsking(true)}
            >
                {children}
            </Button>
        );
    }
    return (
        <span
            ref={box}
            className={styles.row}
            role='group'
            aria-label={question}
        >
            <span>{question}</span>
            <Button
                kind={kind ?? 'danger'}
                onClick={() => {
                    setAsking(false);
                    onConfirm();
                }}
            >
                {t('whatsapp-ativo.admin.yes')}
            </Button>
            <Button onClick={() => setAsking(false)}>{t('whatsapp-ativo.admin.no')}</Button>
        </span>
    );
};

/** Buttons side by side. */
export const ButtonRow = ({children}: {children: ReactNode}) => <div className={styles.row}>{children}</div>;
