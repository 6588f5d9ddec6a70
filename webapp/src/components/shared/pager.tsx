import React from 'react';
import {useText} from 'src/i18n/use_text';

import {Button} from './buttons';
import styles from './buttons.module.css';

type Props = {page: number; perPage: number; total: number; onPage: (page: number) => void};

/** Goes from page to page of a list. Nothing where there is one page only. */
export const Pager = ({page, perPage, total, onPage}: Props) => {
    const t = useText();
    if (total <= perPage) {
        return null;
    }
    const last = Math.ceil(total / perPage) - 1;
    return (
        <nav
            className={styles.row}
            aria-label={t('whatsapp-ativo.admin.pages')}
        >
            <Button
                disabled={page === 0}
                onClick={() => onPage(page - 1)}
            >
                {t('whatsapp-ativo.admin.previous')}
            </Button>
            <span>{t('whatsapp-ativo.admin.page', {page: page + 1, last: last + 1})}</span>
            <Button
                disabled={page >= last}
                onClick={() => onPage(page + 1)}
            >
                {t('whatsapp-ativo.admin.next')}
            </Button>
        </nav>
    );
};
