import React from 'react';

/** The drawing of assets/icon.svg in the colour of the text around it. The button that holds it carries the name. */
export const StartConversationIcon = () => (
    <svg
        aria-hidden={true}
        width='18'
        height='18'
        viewBox='8 8 48 48'
        fill='none'
        stroke='currentColor'
        strokeLinecap='round'
        strokeLinejoin='round'
        strokeWidth='4'
    >
        <path d='M14 33v-3a18 18 0 0 1 36 0v3'/>
        <path d='M50 43v1a8 8 0 0 1-8 8h-8'/>
        <path
            d='M14 35v6M50 35v6'
            strokeWidth='8'
        />
        <path d='M32 23v14M25 30h14'/>
    </svg>
);
