import React from 'react';
import type {State} from 'src/api/types';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';

import styles from './state_badge.module.css';

const names: Record<State, MessageKey> = {
    waiting: 'whatsapp-ativo.state.waiting',
    open: 'whatsapp-ativo.state.open',
    expired: 'whatsapp-ativo.state.expired',
    closed: 'whatsapp-ativo.state.closed',
};

/** The same for where somebody reads what the state means for them. */
export const stateTitles: Record<State, MessageKey> = {
    waiting: 'whatsapp-ativo.banner.waiting_title',
    open: 'whatsapp-ativo.banner.open_title',
    expired: 'whatsapp-ativo.banner.expired_title',
    closed: 'whatsapp-ativo.state.closed',
};

type Props = {state: State; text?: string; strong?: boolean};

/** A conversation's state. The word says it; the coloured dot only helps. */
export const StateBadge = ({state, text, strong}: Props) => {
    const t = useText();
    const Element = strong ? 'strong' : 'span';
    return <Element className={`${styles.root} ${styles[state]}`}>{text ?? t(names[state])}</Element>;
};

/** The name of a template, to the right of a state. */
export const TemplateName = ({name}: {name?: string}) => <span className={styles.template}>{name}</span>;
