import React from 'react';
import type {StartCheck, StartOptions} from 'src/api/types';
import {SmallButton} from 'src/components/shared/small_button';
import {stateTitles} from 'src/components/shared/state_badge';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import {localMoment} from './later_field';
import styles from './verdict.module.css';

type Props = {
    options: StartOptions;

    /** What the message costs, as text; undefined where that is not known. */
    price?: string;
    currency?: string;

    /** undefined while it is not known of what is typed now. */
    check?: StartCheck;
    onOpenExisting: (id: string) => void;

    /** Called with a moment at which nothing that is known now is in the way. */
    onLater: (sendAt: string) => void;
};

/** What the message costs and what is in its way, before anybody presses the button. */
export const Verdict = ({options, price, currency, check, onOpenExisting, onLater}: Props) => {
    const t = useText();
    const format = useFormat();
    const {existing, refusal} = check ?? {};
    return (
        <div
            className={styles.root}
            role='status'
        >
            {price && currency && (
                <p>
                    {t('whatsapp-ativo.start.price', {price})}
                    {options.left !== null && ` · ${t('whatsapp-ativo.start.left', {left: format.money(options.left, currency)})}`}
                </p>
            )}
            {existing && (
                <div className={styles.note}>
                    <span>{t('whatsapp-ativo.start.existing', {state: t(stateTitles[existing.state])})}</span>
                    <SmallButton onClick={() => onOpenExisting(existing.id)}>{t('whatsapp-ativo.start.open_existing')}</SmallButton>
                </div>
            )}
            {refusal && (
                <div className={`${styles.note} ${styles.refusal}`}>
                    <span>{refusal.message}</span>
                    {refusal.next_at && (
                        <SmallButton onClick={() => onLater(localMoment(refusal.next_at! + 59_999))}>{t('whatsapp-ativo.start.schedule_for', {time: format.clock(refusal.next_at)})}</SmallButton>
                    )}
                </div>
            )}
        </div>
    );
};
