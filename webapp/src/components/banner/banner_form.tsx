import React, {useEffect, useId, useRef} from 'react';
import type {ReactNode} from 'react';
import {useText} from 'src/i18n/use_text';

type Props = {label: string; submit: string; disabled?: boolean; onSubmit: () => void; onCancel: () => void; children: (id: string) => ReactNode};

/** One field in the banner. Escape closes it and gives the focus back to where it was. */
export const BannerForm = ({label, submit, disabled, onSubmit, onCancel, children}: Props) => {
    const t = useText();
    const id = useId();
    const form = useRef<HTMLFormElement>(null);

    useEffect(() => {
        const before = document.activeElement;
        form.current?.querySelector('input')?.focus();
        return () => {
            if (before instanceof HTMLElement) {
                before.focus();
            }
        };
    }, []);

    return (
        <form
            ref={form}
            className='WhatsappAtivoBanner__form'
            onSubmit={(e) => {
                e.preventDefault();
                onSubmit();
            }}
            onKeyDown={(e) => {
                if (e.key === 'Escape') {
                    e.stopPropagation();
                    onCancel();
                }
            }}
        >
            <label htmlFor={id}>{label}</label>
            {children(id)}
            <button
                type='submit'
                className='btn btn-primary btn-sm'
                disabled={disabled}
            >
                {submit}
            </button>
            <button
                type='button'
                className='WhatsappAtivoButton'
                onClick={onCancel}
            >
                {t('whatsapp-ativo.admin.cancel')}
            </button>
        </form>
    );
};
