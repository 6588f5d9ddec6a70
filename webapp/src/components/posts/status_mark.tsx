import React from 'react';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';

import styles from './status_mark.module.css';

const names: Record<string, MessageKey> = {
    pending: 'whatsapp-ativo.tick.pending',
    held: 'whatsapp-ativo.tick.held',
    sent: 'whatsapp-ativo.tick.sent',
    delivered: 'whatsapp-ativo.tick.delivered',
    read: 'whatsapp-ativo.tick.read',
    failed: 'whatsapp-ativo.tick.failed',
    unknown: 'whatsapp-ativo.tick.unknown',
    not_sent: 'whatsapp-ativo.tick.not_sent',
};

/** Of the statuses that look different from the others. */
const classes: Record<string, string | undefined> = {
    read: styles.read,
    failed: styles.failed,
    unknown: styles.unknown,
    not_sent: styles.notSent,
};

const drawings: Record<string, string> = {
    pending: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M8 5v3.2l2 1.4',
    held: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M6.5 6v4M9.5 6v4',
    sent: 'M3 8.5l3.5 3.5l7-8',
    delivered: 'M1 8.5l3.5 3.5l7-8M7.5 11.2l.8.8l7-8',
    read: 'M1 8.5l3.5 3.5l7-8M7.5 11.2l.8.8l7-8',
    failed: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M8 5v3.5M8 10.8v.2',
    unknown: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M6.3 6.5a1.8 1.8 0 1 1 2.4 1.7q-.7.3-.7.9M8 11v.2',
    not_sent: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M4.2 4.2l7.6 7.6',
};

/** What became of a message, as a drawing and a word. The colour only helps. */
export const StatusMark = ({status}: {status: string}) => {
    const t = useText();
    const name = names[status];
    return name ? (
        <span className={`${styles.root} ${classes[status] ?? ''}`}>
            <svg
                aria-hidden={true}
                width='16'
                height='16'
                viewBox='0 0 16 16'
                fill='none'
                stroke='currentColor'
                strokeLinecap='round'
                strokeLinejoin='round'
                strokeWidth='1.5'
            >
                <path d={drawings[status]}/>
            </svg>
            {t(name)}
        </span>
    ) : null;
};
