import React, {Fragment} from 'react';
import type {ReactNode} from 'react';

/** Names and what they stand for. Facts without a value are left out. */
export const Facts = ({facts}: {facts: Array<[name: string, value: ReactNode]>}) => (
    <dl className='WhatsappAtivoAdmin__facts'>
        {facts.filter(([, value]) => value !== '' && value !== undefined && value !== null).map(([name, value]) => (
            <Fragment key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </Fragment>
        ))}
    </dl>
);
