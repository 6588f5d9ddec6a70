import React from 'react';

export type TagKind = 'good' | 'warn' | 'bad' | 'plain';

/** A word of state. The word says it; the colour only helps. */
export const Tag = ({kind = 'plain', text}: {kind?: TagKind; text: string}) => (
    <span className={`WhatsappAtivoAdmin__tag WhatsappAtivoAdmin__tag--${kind}`}>{text}</span>
);
