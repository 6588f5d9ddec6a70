import React from 'react';
import type {Overview} from 'src/api/types';
import {moveThroughTabs} from 'src/components/shared/tab_keys';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import {tabs} from 'src/state/conversation_list';
import type {Tab} from 'src/state/conversation_list';

import {tabNames} from './tab_texts';
import styles from './tabs.module.css';

type Props = {id: string; tab: Tab; overview?: Overview; serving?: number; onTab: (tab: Tab) => void};

/** The states with the number of conversations in each. Closed conversations are not counted: there is nothing to do for them. */
export const StateTabs = ({id, tab, overview, serving, onTab}: Props) => {
    const t = useText();
    const format = useFormat();
    const counts: Partial<Record<Tab, number>> = {...overview, serving};

    return (
        <div
            className={styles.root}
            role='tablist'
            aria-label={t('whatsapp-ativo.list.states')}
            onKeyDown={(e) => moveThroughTabs(e, tabs, tab, onTab)}
        >
            {tabs.map((name) => (
                <button
                    key={name}
                    id={`${id}-${name}`}
                    type='button'
                    role='tab'
                    aria-selected={name === tab}
                    aria-controls={`${id}-panel`}
                    tabIndex={name === tab ? 0 : -1}
                    onClick={() => onTab(name)}
                >
                    <span className={styles.count}>{counts[name] === undefined ? '' : format.count(counts[name])}</span>
                    {' '}
                    <span>{t(tabNames[name])}</span>
                </button>
            ))}
        </div>
    );
};
