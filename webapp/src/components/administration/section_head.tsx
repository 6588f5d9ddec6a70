import React from 'react';
import type {ReactNode} from 'react';

/** What a section is for, and what can be done in it. */
export const SectionHead = ({intro, children}: {intro: string; children?: ReactNode}) => (
    <div className='WhatsappAtivoAdmin__head'>
        <p>{intro}</p>
        {children}
    </div>
);
