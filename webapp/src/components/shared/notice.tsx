import React from 'react';
import {useIntl} from 'react-intl';
import {useServices} from 'src/services';
import type {NoticeLine} from 'src/state/notice';
import {useStore} from 'src/state/store';

import styles from './notice.module.css';

/**
 * Says above the page what went wrong. The alert region is always on the page, because screen readers announce what appears in one and
 * not the region itself. The notice takes no focus and does not go away by itself.
 */
export const Notice = () => {
    const {formatMessage} = useIntl();
    const {notice: store} = useServices();
    const notice = useStore(store);

    const text = (line: NoticeLine) => ('text' in line ? line.text : formatMessage({id: line.key}, line.values));

    return (
        <div
            className={styles.root}
            role='alert'
        >
            {notice && (
                <div className={notice.good ? `${styles.box} ${styles.good}` : styles.box}>
                    <div className={styles.text}>
                        <strong>{text(notice.title)}</strong>
                        <span>{text(notice.reason)}</span>
                    </div>
                    <button
                        type='button'
                        className={styles.close}
                        aria-label={formatMessage({id: 'whatsapp-ativo.notice.close'})}
                        onClick={() => store.set(null)}
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
                </div>
            )}
        </div>
    );
};
