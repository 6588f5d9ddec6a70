import React from 'react';
import type {TemplateRisk} from 'src/api/types';
import {useText} from 'src/i18n/use_text';

import styles from './templates.module.css';

/** Why Meta may reject, pause or move a template, each with what to do about it. Nothing where there is no reason. */
export const Risks = ({risks}: {risks: TemplateRisk[]}) => {
    const t = useText();
    return risks.length > 0 ? (
        <div className={styles.why}>
            <strong>{t('whatsapp-ativo.admin.templates.risks')}</strong>
            <ul className={styles.risks}>
                {risks.map((risk) => <li key={risk.code}>{risk.text}</li>)}
            </ul>
        </div>
    ) : null;
};
