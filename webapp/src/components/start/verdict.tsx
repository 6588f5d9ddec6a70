import React from 'react';
import type {StartCheck, StartOptions, StartTemplate, State} from 'src/api/types';
import {SmallButton} from 'src/components/shared/small_button';
import type {MessageKey} from 'src/i18n';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import styles from './verdict.module.css';

const stateNames: Record<State, MessageKey> = {
    waiting: 'whatsapp-ativo.banner.waiting_title',
    open: 'whatsapp-ativo.banner.open_title',
    expired: 'whatsapp-ativo.banner.expired_title',
    closed: 'whatsapp-ativo.state.closed',
};

type Props = {
    options: StartOptions;
    template?: StartTemplate;

    /** undefined while it is not known of what is typed now. */
    check?: StartCheck;
    onOpenExisting: (id: string) => void;
};

/** What the message costs and what is in its way, before anybody presses the button. */
export const Verdict = ({options, template, check, onOpenExisting}: Props) => {
    const t = useText();
    const format = useFormat();
    const price = check?.price ?? template?.price;
    const currency = check?.currency || template?.currency;
    const {existing, refusal} = check ?? {};
    return (
        <div
            className={styles.root}
            role='status'
        >
            {template && price !== null && price !== undefined && currency && (
                <p>
                    {t('whatsapp-ativo.start.price', {price: format.money(price, currency)})}
                    {options.left !== null && ` · ${t('whatsapp-ativo.start.left', {left: format.money(options.left, currency)})}`}
                </p>
            )}
            {existing && (
                <div className={styles.note}>
                    <span>{t('whatsapp-ativo.start.existing', {state: t(stateNames[existing.state])})}</span>
                    <SmallButton onClick={() => onOpenExisting(existing.id)}>{t('whatsapp-ativo.start.open_existing')}</SmallButton>
                </div>
            )}
            {refusal && (
                <div className={`${styles.note} ${styles.refusal}`}>
                    <span>{refusal.message}</span>
                </div>
            )}
        </div>
    );
};
