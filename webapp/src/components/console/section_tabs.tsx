import React, {useEffect, useId, useRef} from 'react';
import type {ReactNode} from 'react';
import {moveThroughTabs} from 'src/components/shared/tab_keys';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import {sections} from 'src/state/console_page';
import type {Section} from 'src/state/console_page';

import styles from './section.module.css';

const names: Record<Section, MessageKey> = {
    accounts: 'whatsapp-ativo.admin.accounts.tab',
    queues: 'whatsapp-ativo.admin.queues.tab',
    templates: 'whatsapp-ativo.admin.templates.tab',
    plans: 'whatsapp-ativo.admin.plans.tab',
    costs: 'whatsapp-ativo.admin.costs.tab',
    results: 'whatsapp-ativo.admin.results.tab',
    events: 'whatsapp-ativo.admin.events.tab',
    health: 'whatsapp-ativo.admin.health.tab',
};

type Props = {
    section: Section;

    /** Changes when something other than its tab opened the section, which then takes the focus. */
    navigated: number;
    onOpen: (section: Section) => void;
    children: ReactNode;
};

/** The sections' tabs, and the section that is open. */
export const SectionTabs = ({section, navigated, onOpen, children}: Props) => {
    const t = useText();
    const id = useId();
    const panel = useRef<HTMLDivElement>(null);

    useEffect(() => {
        if (navigated) {
            panel.current?.focus();
        }
    }, [navigated]);

    return (
        <>
            <div
                className={styles.tabs}
                role='tablist'
                aria-label={t('whatsapp-ativo.admin.sections')}
                onKeyDown={(e) => moveThroughTabs(e, sections, section, onOpen)}
            >
                {sections.map((name) => (
                    <button
                        key={name}
                        id={`${id}-${name}`}
                        type='button'
                        role='tab'
                        aria-selected={name === section}
                        aria-controls={`${id}-panel`}
                        tabIndex={name === section ? 0 : -1}
                        onClick={() => onOpen(name)}
                    >
                        {t(names[name])}
                    </button>
                ))}
            </div>
            <div
                ref={panel}
                tabIndex={-1}
                id={`${id}-panel`}
                className={styles.panel}
                role='tabpanel'
                aria-labelledby={`${id}-${section}`}
            >
                {children}
            </div>
        </>
    );
};
