import React, {useEffect, useId, useRef} from 'react';
import type {KeyboardEvent, ReactNode} from 'react';
import {useText} from 'src/i18n/use_text';

type Props = {
    title: string;
    busy: boolean;
    failure: string;
    onSave: () => void;
    onCancel: () => void;
    children: ReactNode;
};

/**
 * A form of ours. No `form` element: the console's page is one, and the browser allows none inside another; Enter in a field is
 * therefore taken here, before it saves the console's page.
 */
export const Form = ({title, busy, failure, onSave, onCancel, children}: Props) => {
    const t = useText();
    const id = useId();
    const box = useRef<HTMLDivElement>(null);

    useEffect(() => {
        box.current?.querySelector<HTMLElement>('input, select')?.focus();
    }, []);

    // After a refusal to the first field that is wrong.
    useEffect(() => {
        if (failure) {
            box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
        }
    }, [failure]);

    const takeEnter = (e: KeyboardEvent) => {
        if (e.key === 'Enter' && e.target instanceof HTMLInputElement) {
            e.preventDefault();
            if (!busy) {
                onSave();
            }
        }
    };

    return (
        <div
            ref={box}
            className='WhatsappAtivoAdmin__form'
            role='group'
            aria-labelledby={id}
            onKeyDown={takeEnter}
        >
            <h2 id={id}>{title}</h2>
            {children}
            <Failure text={failure}/>
            <div className='WhatsappAtivoAdmin__buttons'>
                <button
                    type='button'
                    className='btn btn-primary'
                    disabled={busy}
                    onClick={onSave}
                >
                    {t(busy ? 'whatsapp-ativo.admin.saving' : 'whatsapp-ativo.admin.save')}
                </button>
                <button
                    type='button'
                    className='btn btn-tertiary'
                    onClick={onCancel}
                >
                    {t('whatsapp-ativo.admin.cancel')}
                </button>
            </div>
        </div>
    );
};

/** What went wrong. Always on the page, because screen readers announce what appears in an alert, not the alert itself. */
export const Failure = ({text}: {text: string}) => (
    <div
        role='alert'
        className={text ? 'WhatsappAtivoAdmin__failure' : undefined}
    >
        {text}
    </div>
);
