import React from 'react';
import type {ResultsNow} from 'src/api/types';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import styles from './results.module.css';
import {useDuration} from './use_figure';

/** Who waits for whom at this moment. */
export const Now = ({now}: {now: ResultsNow}) => {
    const t = useText();
    const format = useFormat();
    const duration = useDuration();
    const figures = [
        [t('whatsapp-ativo.results.waiting_for_us'), format.count(now.waiting_for_us)],
        [t('whatsapp-ativo.results.longest_wait'), now.longest_wait_ms === null ? '–' : duration(now.longest_wait_ms)],
        [t('whatsapp-ativo.results.waiting_for_customers'), format.count(now.waiting_for_customers)],
        [t('whatsapp-ativo.results.window_ending'), format.count(now.window_ending)],
        [t('whatsapp-ativo.results.unanswered'), format.count(now.unanswered_6h)],
    ];
    return (
        <dl className={styles.now}>
            {figures.map(([name, value]) => (
                <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            ))}
        </dl>
    );
};
