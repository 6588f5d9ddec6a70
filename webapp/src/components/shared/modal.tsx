import React, {useEffect, useId, useRef} from 'react';
import type {KeyboardEvent, ReactNode} from 'react';
import {useText} from 'src/i18n/use_text';

import styles from './modal.module.css';

const focusable = 'button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), a[href], [tabindex="0"]';

type Props = {title: string; onClose: () => void; children: ReactNode};

/**
 * A dialog above the page. It keeps the focus and gives it back when it goes away; Escape closes it. A click beside it does nothing,
 * because what was typed would be lost. No key reaches the web client, which has shortcuts of its own.
 */
export const Modal = ({title, onClose, children}: Props) => {
    const t = useText();
    const id = useId();
    const box = useRef<HTMLDivElement>(null);

    useEffect(() => {
        const before = document.activeElement;
        return () => {
            if (before instanceof HTMLElement) {
                before.focus();
            }
        };
    }, []);

    const onKeyDown = (e: KeyboardEvent<HTMLDivElement>) => {
        e.stopPropagation();
        if (e.key === 'Escape' && !e.defaultPrevented) {
            onClose();
        }
        if (e.key !== 'Tab') {
            return;
        }
        const all = [...box.current!.querySelectorAll<HTMLElement>(focusable)].filter((element) => element.tabIndex >= 0);
        const edge = e.shiftKey ? all[0] : all.at(-1);
        if (document.activeElement === edge || !box.current!.contains(document.activeElement)) {
            e.preventDefault();
            (e.shiftKey ? all.at(-1) : all[0])?.focus();
        }
    };

    return (
        <div className={styles.root}>
            <div
                ref={box}
                className={styles.box}
                role='dialog'
                aria-modal={true}
                aria-labelledby={id}
                onKeyDown={onKeyDown}
            >
                <header className={styles.head}>
                    <h1 id={id}>{title}</h1>
                    <button
                        type='button'
                        className={styles.close}
                        aria-label={t('whatsapp-ativo.modal.close')}
                        onClick={onClose}
                    >
                        <svg
                            aria-hidden={true}
                            width='14'
                            height='14'
                            viewBox='0 0 14 14'
                            stroke='currentColor'
                            strokeLinecap='round'
                            strokeWidth='2'
                        >
                            <path d='M2 2l10 10M12 2L2 12'/>
                        </svg>
                    </button>
                </header>
                {children}
            </div>
        </div>
    );
};
