import React from 'react';

/** The drawing of assets/list.svg in the colour of the text around it. */
export const ListIcon = () => (
    <svg
        aria-hidden={true}
        width='18'
        height='18'
        viewBox='0 0 18 18'
        fill='none'
        stroke='currentColor'
        strokeLinecap='round'
        strokeLinejoin='round'
        strokeWidth='1.5'
    >
        <path d='M2.5 3h13a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-6l-4 3v-3h-3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM5 6.500h8M5 9.500h5'/>
    </svg>
);
