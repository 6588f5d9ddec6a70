import React, {useEffect, useId, useRef} from 'react';
import type {ReactNode} from 'react';
import {SmallButton} from 'src/components/shared/small_button';
import {useText} from 'src/i18n/use_text';

import styles from './banner.module.css';

type Props = {label: string; submit: string; disabled?: boolean; onSubmit: () => void; onCancel: () => void; children: (id: string) => ReactNode};

/** A form in the banner, with the label of its first field. It takes the focus and gives it back when it goes away; Escape cancels it. */
export const BannerForm = ({label, submit, disabled, onSubmit, onCancel, children}: Props) => {
    const t = useText();
    const id = useId();
    const form = useRef<HTMLFormElement>(null);

    useEffect(() => {
        const before = document.activeElement;
        form.current?.querySelector<HTMLElement>('input, select')?.focus();
        return () => {
            if (before instanceof HTMLElement) {
                before.focus();
            }
        };
    }, []);

    return (
        <form
            ref={form}
            className={styles.form}
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
            <SmallButton onClick={onCancel}>{t('whatsapp-ativo.admin.cancel')}</SmallButton>
        </form>
    );
};
