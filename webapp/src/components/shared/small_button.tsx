import React from 'react';
import type {ButtonHTMLAttributes, Ref} from 'react';

import styles from './small_button.module.css';

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {buttonRef?: Ref<HTMLButtonElement>};

/** A small button with a border, for places in which the web client has no button of its own. */
export const SmallButton = ({className, buttonRef, ...props}: Props) => (
    <button
        {...props}
        ref={buttonRef}
        type='button'
        className={className ? `${styles.root} ${className}` : styles.root}
    />
);
