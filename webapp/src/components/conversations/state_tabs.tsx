import React, {useRef} from 'react';
import type {KeyboardEvent} from 'react';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import {tabs} from 'src/live/conversation_list';
import type {Tab} from 'src/live/conversation_list';
import type {Overview} from 'src/rest/agent';

import {tabNames} from './states';

type Props = {id: string; tab: Tab; overview?: Overview; onTab: (tab: Tab) => void};

/** The states with their counts, of which the arrow keys choose. What is closed is not counted: it is history. */
export const StateTabs = ({id, tab, overview, onTab}: Props) => {
    const t = useText();
    const format = useFormat();
    const list = useRef<HTMLDivElement>(null);

    const move = (e: KeyboardEvent) => {
        const at = tabs.indexOf(tab);
        const to: Record<string, number> = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1};
        const next = to[e.key];
        if (next === undefined) {
            return;
        }
        e.preventDefault();
        const index = (next + tabs.length) % tabs.length;
        onTab(tabs[index]!);
        list.current?.querySelectorAll<HTMLElement>('[role=tab]')[index]?.focus();
    };

    return (
        <div
            ref={list}
            className='WhatsappAtivoTabs'
            role='tablist'
            aria-label={t('whatsapp-ativo.list.states')}
            onKeyDown={move}
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
                    <span className='WhatsappAtivoTabs__count'>{name === 'closed' || !overview ? '' : format.count(overview[name])}</span>
                    {' '}
                    <span>{t(tabNames[name])}</span>
                </button>
            ))}
        </div>
    );
};
