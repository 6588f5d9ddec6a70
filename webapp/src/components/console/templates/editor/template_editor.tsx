import React, {useState} from 'react';
import type {Template, TemplateCategory} from 'src/api/types';
import {categoryKey} from 'src/components/console/categories';
import {useConsole} from 'src/components/console/use_console';
import {LinesField, SelectField, TextField} from 'src/components/shared/fields';
import {Form} from 'src/components/shared/form';
import styles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {PhonePreview} from 'src/components/start/phone_preview';
import {useText} from 'src/i18n/use_text';
import {componentsOf, variablesOf} from 'src/whatsapp/draft';
import type {Draft} from 'src/whatsapp/draft';

import {ButtonFields} from './button_fields';
import {SampleField, sampleTypes} from './sample_field';
import {useLint} from './use_lint';

import {Risks} from '../risks';

const categories: TemplateCategory[] = ['UTILITY', 'MARKETING', 'AUTHENTICATION'];

type Props = {

    /** The template that is edited, or copied as a new one. */
    of?: Template;
    edits?: boolean;

    /** Of a new template. */
    accountId?: string;
    draft: Draft;
    onClose: () => void;
    onSubmitted: () => Promise<void>;
};

/** A template while it is written: its fields, how it will look on the phone, and what Meta may not like about it. */
export const TemplateEditor = ({of, edits, accountId, draft: first, onClose, onSubmitted}: Props) => {
    const t = useText();
    const {adminApi, accounts} = useConsole();
    const {busy, failure, fields, run} = useAction();
    const [draft, setDraft] = useState(first);
    const [source, setSource] = useState('');
    const [about, setAbout] = useState({
        account_id: of?.account_id ?? accountId ?? '',
        name: edits ? of?.name ?? '' : '',
        language: of?.language ?? 'pt_BR',
        category: (of?.category ?? 'UTILITY') as TemplateCategory,
    });
    const components = componentsOf(draft);
    const risks = useLint(about.category, components);
    const set = (name: 'header' | 'body' | 'footer') => ({value: draft[name], onChange: (value: string) => setDraft({...draft, [name]: value})});
    const setAboutOf = (name: keyof typeof about) => ({value: about[name], error: fields[name], onChange: (value: string) => setAbout({...about, [name]: value})});
    const parts: Array<['header' | 'body', string]> = [['header', draft.format === 'TEXT' ? draft.header : ''], ['body', draft.body]];
    const filled = (part: 'header' | 'body', text: string) => text.replace(/\{\{\s*(\w+)\s*\}\}/g, (found, name: string) => draft.examples[`${part} ${name}`] || found);

    const submit = () => run(async () => {
        if (edits && of) {
            await adminApi.editTemplate(of.id, {category: about.category, components});
        } else {
            await adminApi.createTemplate({...about, components});
        }
        await onSubmitted();
    });

    return (
        <Form
            title={edits && of ? t('whatsapp-ativo.admin.editor.edit_title', {name: of.name}) : t('whatsapp-ativo.admin.editor.new_title')}
            busy={busy}
            failure={failure}
            saveText={t('whatsapp-ativo.admin.editor.submit')}
            onSave={submit}
            onCancel={onClose}
        >
            <div className={styles.grid}>
                {!edits && (
                    <>
                        <SelectField
                            label={t('whatsapp-ativo.admin.queues.account')}
                            options={accounts.map((a) => ({value: a.id, text: `${a.name} ${a.display_phone}`}))}
                            {...setAboutOf('account_id')}
                        />
                        <TextField
                            label={t('whatsapp-ativo.admin.editor.name')}
                            hint={t('whatsapp-ativo.admin.editor.name_hint')}
                            maxLength={512}
                            {...setAboutOf('name')}
                        />
                        <TextField
                            label={t('whatsapp-ativo.admin.editor.language')}
                            hint={t('whatsapp-ativo.admin.editor.language_hint')}
                            maxLength={16}
                            {...setAboutOf('language')}
                        />
                    </>
                )}
                <SelectField
                    label={t('whatsapp-ativo.admin.editor.category')}
                    disabled={edits && of?.status === 'APPROVED'}
                    options={categories.map((value) => ({value, text: t(categoryKey(value)!)}))}
                    {...setAboutOf('category')}
                />
                <SelectField
                    label={t('whatsapp-ativo.admin.editor.header')}
                    options={[
                        {value: '', text: t('whatsapp-ativo.admin.editor.header_none')},
                        {value: 'TEXT', text: t('whatsapp-ativo.admin.editor.header_is_text')},
                        {value: 'IMAGE', text: t('whatsapp-ativo.start.media_image')},
                        {value: 'VIDEO', text: t('whatsapp-ativo.start.media_video')},
                        {value: 'DOCUMENT', text: t('whatsapp-ativo.start.media_document')},
                        {value: 'LOCATION', text: t('whatsapp-ativo.start.media_location')},
                    ]}
                    value={draft.format}
                    onChange={(format) => {
                        setDraft({...draft, format, sample: ''});
                        setSource('');
                    }}
                />
                {draft.format === 'TEXT' && (
                    <TextField
                        label={t('whatsapp-ativo.admin.editor.header_text')}
                        maxLength={60}
                        {...set('header')}
                    />
                )}
                {sampleTypes[draft.format] && (
                    <SampleField
                        key={draft.format}
                        accountId={about.account_id}
                        format={draft.format}
                        sample={draft.sample}
                        onUploaded={(sample, shown) => {
                            setDraft((now) => ({...now, sample}));
                            setSource(shown);
                        }}
                    />
                )}
            </div>
            <LinesField
                label={t('whatsapp-ativo.admin.editor.body')}
                hint={t('whatsapp-ativo.admin.editor.body_hint')}
                rows={6}
                error={fields.components}
                {...set('body')}
            />
            <div className={styles.grid}>
                {parts.flatMap(([part, text]) => variablesOf(text).map((name) => (
                    <TextField
                        key={`${part} ${name}`}
                        label={t('whatsapp-ativo.admin.editor.example', {name: `{{${name}}}`})}
                        value={draft.examples[`${part} ${name}`] ?? ''}
                        onChange={(value) => setDraft({...draft, examples: {...draft.examples, [`${part} ${name}`]: value}})}
                    />
                )))}
                <TextField
                    label={t('whatsapp-ativo.admin.editor.footer')}
                    maxLength={60}
                    {...set('footer')}
                />
            </div>
            <ButtonFields
                buttons={draft.buttons}
                onChange={(buttons) => setDraft({...draft, buttons})}
            />
            <PhonePreview
                id='editor'
                template={{
                    header: draft.format === 'TEXT' ? filled('header', draft.header) : '',
                    media: draft.format === 'TEXT' ? '' : draft.format,
                    source,
                    body: filled('body', draft.body),
                    footer: draft.footer,
                    buttons: draft.buttons.map(({type, text}) => ({kind: type, text})),
                }}
            />
            <div role='status'><Risks risks={risks}/></div>
        </Form>
    );
};
