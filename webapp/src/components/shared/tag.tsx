import React from 'react';

import styles from './tag.module.css';

export type TagKind = 'good' | 'warn' | 'bad' | 'plain';

/** A word that says how something is. The colour only helps. */
export const Tag = ({kind = 'plain', text}: {kind?: TagKind; text: string}) => (
    <span className={kind === 'plain' ? styles.root : `${styles.root} ${styles[kind]}`}>{text}</span>
);
