import React from 'react';

import styles from './failure.module.css';

/** What went wrong. The element is always on the page, because screen readers announce what appears in an alert and not the alert itself. */
export const Failure = ({text}: {text: string}) => (
    <div
        role='alert'
        className={text ? styles.root : undefined}
    >
        {text}
    </div>
);
