import React from 'react';
import type {ReactNode} from 'react';

import styles from './section.module.css';

/** Says what a section is for, and holds its main button. */
export const SectionHead = ({intro, children}: {intro: string; children?: ReactNode}) => (
    <div className={styles.head}>
        <p>{intro}</p>
        {children}
    </div>
);
