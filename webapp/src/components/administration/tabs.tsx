import React, {useEffect, useId, useRef} from 'react';
import type {KeyboardEvent, ReactNode} from 'react';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';

import {sections} from './context';
import type {Section} from './context';

const names: Record<Section, MessageKey> = {
    accounts: 'whatsapp-ativo.admin.accounts.tab',
    queues: 'whatsapp-ativo.admin.queues.tab',
    templates: 'whatsapp-ativo.admin.templates.tab',
    plans: 'whatsapp-ativo.admin.plans.tab',
    costs: 'whatsapp-ativo.admin.costs.tab',
    health: 'whatsapp-ativo.admin.health.tab',
};

type Props = {
    section: Section;

    /** Changes when somebody was led to the section by something that is not its tab: the section then takes the focus. */
    led: number;
    onOpen: (section: Section) => void;
    children: ReactNode;
};

/** The sections' names, of which the arrow keys choose, and the section that is open. */
export const Tabs = ({section, led, onOpen, children}: Props) => {
    const t = useText();
    const id = useId();
    const list = useRef<HTMLDivElement>(null);
    const panel = useRef<HTMLDivElement>(null);

    useEffect(() => {
        if (led) {
            panel.current?.focus();
        }
    }, [led]);

    const move = (e: KeyboardEvent) => {
        const at = sections.indexOf(section);
        const to: Record<string, number> = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: sections.length - 1};
        const next = to[e.key];
        if (next === undefined) {
            return;
        }
        e.preventDefault();
        const wanted = sections[(next + sections.length) % sections.length]!;
        onOpen(wanted);
        list.current?.querySelector<HTMLElement>(`#${CSS.escape(`${id}-${wanted}`)}`)?.focus();
    };

    return (
        <>
            <div
                ref={list}
                className='WhatsappAtivoAdmin__tabs'
                role='tablist'
                aria-label={t('whatsapp-ativo.admin.sections')}
                onKeyDown={move}
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
                className='WhatsappAtivoAdmin__panel'
                role='tabpanel'
                aria-labelledby={`${id}-${section}`}
            >
                {children}
            </div>
        </>
    );
};
