import React, {useEffect, useRef, useState} from 'react';
import type {ReactNode} from 'react';
import {useText} from 'src/i18n/use_text';

type Kind = 'primary' | 'secondary' | 'tertiary' | 'danger';

type ButtonProps = {kind?: Kind; disabled?: boolean; expanded?: boolean; label?: string; onClick: () => void; children: ReactNode};

/** A small button. `label` names it for screen readers where the text alone does not say what it is for. */
export const Button = ({kind = 'tertiary', disabled, expanded, label, onClick, children}: ButtonProps) => (
    <button
        type='button'
        className={`btn btn-sm btn-${kind}`}
        disabled={disabled}
        aria-expanded={expanded}
        aria-label={label}
        onClick={onClick}
    >
        {children}
    </button>
);

type ConfirmProps = {kind?: Kind; question: string; disabled?: boolean; label?: string; onConfirm: () => void; children: ReactNode};

/** A button that asks before it does something that cannot be taken back. */
export const ConfirmButton = ({kind, question, disabled, label, onConfirm, children}: ConfirmProps) => {
    const t = useText();
    const [asking, setAsking] = useState(false);
    const box = useRef<HTMLSpanElement>(null);

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
                label={label}
                onClick={() => setAsking(true)}
            >
                {children}
            </Button>
        );
    }
    return (
        <span
            ref={box}
            className='WhatsappAtivoAdmin__confirm'
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
