import React from 'react';
import type {ReactNode} from 'react';
import {ButtonRow} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';

import styles from './card.module.css';

type Props = {
    name: string;

    /** Beside the name: what identifies the resource, and tags for its state. */
    badges: ReactNode;
    buttons: ReactNode;

    /** Why the last action failed; '' = it did not. */
    failure?: string;

    /** Between the title and the buttons. */
    body: ReactNode;

    /** Below the buttons: what they opened. */
    children?: ReactNode;
};

/** One number, queue, plan or template of the console: what it is, what can be done with it, and details on demand. */
export const ResourceCard = ({name, badges, buttons, failure = '', body, children}: Props) => (
    <Card title={<><h2>{name}</h2>{badges}</>}>
        {body}
        <ButtonRow>{buttons}</ButtonRow>
        <Failure text={failure}/>
        {children}
    </Card>
);

/** A box with a title. */
export const Card = ({title, children}: {title: ReactNode; children: ReactNode}) => (
    <div className={styles.root}>
        <div className={styles.title}>{title}</div>
        {children}
    </div>
);

/** What a button of a card opened. */
export const CardDetails = ({children}: {children: ReactNode}) => <div className={styles.details}>{children}</div>;
