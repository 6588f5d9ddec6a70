import React, {useState} from 'react';
import type {StartTemplate} from 'src/api/types';
import {categoryKey} from 'src/components/console/categories';
import {Combobox} from 'src/components/shared/combobox';
import {Tag} from 'src/components/shared/tag';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import styles from './template_picker.module.css';

type Props = {templates: StartTemplate[]; chosen?: StartTemplate; error?: string; onChoose: (id: string) => void};

/** Chooses a template by what it is called, what it is for, or what it says. Those that cannot be used say why. */
export const TemplatePicker = ({templates, chosen, error, onChoose}: Props) => {
    const t = useText();
    const format = useFormat();
    const [search, setSearch] = useState<string>();
    const found = templates.filter((one) => matches(one, search ?? '')).sort((a, b) => Number(b.usable) - Number(a.usable));

    return (
        <Combobox
            label={t('whatsapp-ativo.start.template')}
            error={error}
            hint={templates.length > 0 && found.length === 0 ? t('whatsapp-ativo.start.template_none') : undefined}
            placeholder={t('whatsapp-ativo.start.template_search')}
            openOnFocus={true}
            text={search ?? (chosen ? titleOf(chosen) : '')}
            onText={setSearch}
            onBlur={() => setSearch(undefined)}
            onChoose={(id) => {
                setSearch(undefined);
                onChoose(id);
            }}
            status={t('whatsapp-ativo.start.templates_found', {n: found.length})}
            choices={found.map((one) => ({
                id: one.id,
                disabled: !one.usable,
                node: (
                    <span className={one.usable ? styles.root : `${styles.root} ${styles.unusable}`}>
                        <span className={styles.title}>{titleOf(one)}</span>
                        <span className={styles.facts}>
                            <Tag text={categoryKey(one.category) ? t(categoryKey(one.category)!) : one.category}/>
                            <span>{one.language}</span>
                            {one.price !== null && <span>{format.money(one.price, one.currency)}</span>}
                        </span>
                        <span className={styles.text}>{one.usable ? one.text : one.why}</span>
                    </span>
                ),
            }))}
        />
    );
};

/** What an administrator called the template, else its name. */
export const titleOf = ({title, name}: StartTemplate) => title || name;

/** All words of the search, in any order, without accents and case. */
function matches({title, name, text, category, language}: StartTemplate, search: string): boolean {
    const all = plain([title, name, text, category, language].join(' '));
    return plain(search).split(' ').every((word) => all.includes(word));
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
