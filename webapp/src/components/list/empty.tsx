import React from 'react';
import {useText} from 'src/i18n/use_text';
import type {Tab} from 'src/state/conversation_list';

import styles from './empty.module.css';
import {emptyHints, emptyTitles} from './tab_texts';

/** Says why the list is empty, and how conversations come into it. */
export const Empty = ({tab, q}: {tab: Tab; q: string}) => {
    const t = useText();
    return (
        <div
            className={styles.root}
            role='status'
        >
            <strong>{q ? t('whatsapp-ativo.empty.search', {q}) : t(emptyTitles[tab])}</strong>
            <span>{t(q ? 'whatsapp-ativo.empty.search_hint' : emptyHints[tab])}</span>
        </div>
    );
};
