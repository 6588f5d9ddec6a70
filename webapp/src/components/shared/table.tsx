import React from 'react';
import type {ReactNode} from 'react';

import styles from './table.module.css';

/** A table with a caption, which scrolls sideways where it is too wide. */
export const Table = ({caption, children}: {caption: string; children: ReactNode}) => (
    <div className={styles.root}>
        <table>
            <caption>{caption}</caption>
            {children}
        </table>
    </div>
);
