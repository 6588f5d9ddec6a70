import React, {useEffect, useId, useRef} from 'react';
import type {KeyboardEvent, ReactNode} from 'react';
import {useText} from 'src/i18n/use_text';

import {ButtonRow} from './buttons';
import {Failure} from './failure';
import styles from './form.module.css';

type Props = {
    title: string;
    busy: boolean;
    failure: string;

    /** What the button says that saves; unset = "Save". */
    saveText?: string;
    onSave: () => void;
    onCancel: () => void;
    children: ReactNode;
};

/**
 * A form of the console. It is no `form` element, because the console's page is one already and HTML allows none inside another. Enter
 * in a field is handled here, before it saves the console's page.
 */
export const Form = ({title, busy, failure, saveText, onSave, onCancel, children}: Props) => {
    const t = useText();
    const id = useId();
    const box = useRef<HTMLDivElement>(null);

    useEffect(() => {
        box.current?.querySelector<HTMLElement>('input, select')?.focus();
    }, []);

    // After a failure the focus goes to the first field that is wrong.
    useEffect(() => {
        if (failure) {
            box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
        }
    }, [failure]);

    const saveOnEnter = (e: KeyboardEvent) => {
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
            className={styles.root}
            role='group'
            aria-labelledby={id}
            onKeyDown={saveOnEnter}
        >
            <h2 id={id}>{title}</h2>
            {children}
            <Failure text={failure}/>
            <ButtonRow>
                <button
                    type='button'
                    className='btn btn-primary'
                    disabled={busy}
                    onClick={onSave}
                >
                    {busy ? t('whatsapp-ativo.admin.saving') : saveText ?? t('whatsapp-ativo.admin.save')}
                </button>
                <button
                    type='button'
                    className='btn btn-tertiary'
                    onClick={onCancel}
                >
                    {t('whatsapp-ativo.admin.cancel')}
                </button>
            </ButtonRow>
        </div>
    );
};
