import React, {Fragment} from 'react';
import type {ReactNode} from 'react';

import styles from './facts.module.css';

/** A list of names and values. Those without a value are left out. */
export const Facts = ({facts}: {facts: Array<[name: string, value: ReactNode]>}) => (
    <dl className={styles.root}>
        {facts.filter(([, value]) => value !== '' && value !== undefined && value !== null).map(([name, value]) => (
            <Fragment key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </Fragment>
        ))}
    </dl>
);
