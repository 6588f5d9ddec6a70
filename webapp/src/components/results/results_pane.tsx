import React from 'react';
import {SmallButton} from 'src/components/shared/small_button';
import {useText} from 'src/i18n/use_text';

import {Results} from './results';
import styles from './results.module.css';

/** The results in the right-hand side, with the way back to the list. */
export const ResultsPane = ({onBack}: {onBack: () => void}) => {
    const t = useText();
    return (
        <div className={styles.pane}>
            <SmallButton onClick={onBack}>{t('whatsapp-ativo.results.back')}</SmallButton>
            <Results/>
        </div>
    );
};
