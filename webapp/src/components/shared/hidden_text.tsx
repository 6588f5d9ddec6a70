import React from 'react';

import styles from './hidden_text.module.css';

/** A text that only screen readers read out. */
export const HiddenText = ({children}: {children: string}) => <span className={styles.root}>{children}</span>;
