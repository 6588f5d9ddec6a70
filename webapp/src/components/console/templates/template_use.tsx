import React, {useState} from 'react';
import type {Template, TemplateInput} from 'src/api/types';
import {useConsole} from 'src/components/console/use_console';
import {Button, ButtonRow} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import {Check, TextField} from 'src/components/shared/fields';
import formStyles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';

import styles from './templates.module.css';

/** Where a variable is. Header, body and buttons each number their own variables from 1. */
const places = {
    header: 'whatsapp-ativo.admin.templates.in_header',
    body: 'whatsapp-ativo.admin.templates.in_body',
    button: 'whatsapp-ativo.admin.templates.in_button',
} as const;

type Props = {template: Template; onChanged: () => Promise<void>};

/** Whether agents may use a template, in which queues, what they call it, and what they are offered for its variables. */
export const TemplateUse = ({template, onChanged}: Props) => {
    const t = useText();
    const {adminApi, queues, readOnly} = useConsole();
    const {busy, failure, fields, run} = useAction();
    const own = queues.filter((q) => q.account_id === template.account_id);
    const variables = template.variables ?? [];
    const approvable = template.approved || (template.status === 'APPROVED' && !template.gone_at && template.source !== 'AUTO_GENERATED');

    // With a single queue there is nothing to choose, so that it is chosen already.
    const [allowed, setAllowed] = useState(!template.approved && own.length === 1 ? [own[0]!.id] : template.queue_ids);
    const [rules, setRules] = useState(() => Object.fromEntries(variables.map((v) => [v.element, {default: v.default, max_length: v.max_length ? String(v.max_length) : ''}])));
    const [title, setTitle] = useState(template.title);
    const [labels, setLabels] = useState(template.labels);
    const [result, setResult] = useState('');

    const save = (approved: boolean, text: string) => run(async () => {
        setResult('');
        const input: TemplateInput = {approved, queue_ids: allowed, title, labels};
        if (variables.length) {
            input.variables = Object.fromEntries(Object.entries(rules).map(([element, rule]) => [element, {default: rule.default, max_length: Number(rule.max_length)}]));
        }
        await adminApi.changeTemplate(template.id, input);
        await onChanged();
        setResult(text);
    });
    const setRule = (element: string, change: Partial<{default: string; max_length: string}>) => setRules({...rules, [element]: {...rules[element]!, ...change}});

    return (
        <div>
            <fieldset disabled={readOnly}>
                <legend>{t('whatsapp-ativo.admin.templates.queues')}</legend>
                {own.length === 0 && <p>{t('whatsapp-ativo.admin.templates.no_queues')}</p>}
                {own.map((queue) => (
                    <Check
                        key={queue.id}
                        label={queue.name}
                        checked={allowed.includes(queue.id)}
                        onChange={(checked) => setAllowed(checked ? [...allowed, queue.id] : allowed.filter((id) => id !== queue.id))}
                    />
                ))}
                {fields.queue_ids && <p className={formStyles.error}>{fields.queue_ids}</p>}
            </fieldset>
            <fieldset disabled={readOnly}>
                <legend>{t('whatsapp-ativo.admin.templates.for_agents')}</legend>
                <TextField
                    label={t('whatsapp-ativo.admin.templates.title')}
                    hint={t('whatsapp-ativo.admin.templates.title_hint')}
                    placeholder={template.suggested_title || template.name}
                    maxLength={128}
                    value={title}
                    error={fields.title}
                    onChange={setTitle}
                />
            </fieldset>
            {variables.length > 0 && (
                <fieldset disabled={readOnly}>
                    <legend>{t('whatsapp-ativo.admin.templates.variables')}</legend>
                    <p className={formStyles.hint}>{t('whatsapp-ativo.admin.templates.variables_hint')}</p>
                    {variables.map((v) => {
                        const name = t(places[v.element.split('_')[0] as keyof typeof places] ?? places.body, {name: v.name ? `{{${v.name}}}` : ''}).trim();
                        return (
                            <div
                                key={v.element}
                                className={styles.variable}
                            >
                                <TextField
                                    label={t('whatsapp-ativo.admin.templates.label', {name})}
                                    placeholder={v.label}
                                    maxLength={128}
                                    value={labels[v.element] ?? ''}
                                    onChange={(value) => setLabels({...labels, [v.element]: value})}
                                />
                                <TextField
                                    label={t('whatsapp-ativo.admin.templates.default', {name})}
                                    placeholder={v.example}
                                    value={rules[v.element]?.default ?? ''}
                                    error={fields[v.element]}
                                    onChange={(value) => setRule(v.element, {default: value})}
                                />
                                {v.kind === 'text' && (
                                    <TextField
                                        type='number'
                                        label={t('whatsapp-ativo.admin.templates.longest')}
                                        placeholder={String(v.limit)}
                                        value={rules[v.element]?.max_length ?? ''}
                                        onChange={(value) => setRule(v.element, {max_length: value})}
                                    />
                                )}
                            </div>
                        );
                    })}
                </fieldset>
            )}
            <Failure text={failure}/>
            {!approvable && <p className={formStyles.hint}>{t('whatsapp-ativo.admin.templates.not_approvable')}</p>}
            {!readOnly && (
                <ButtonRow>
                    <Button
                        kind='primary'
                        disabled={busy || !approvable}
                        onClick={() => save(true, t(template.approved ? 'whatsapp-ativo.admin.saved' : 'whatsapp-ativo.admin.templates.approved'))}
                    >
                        {t(template.approved ? 'whatsapp-ativo.admin.save' : 'whatsapp-ativo.admin.templates.approve')}
                    </Button>
                    {template.approved && (
                        <Button
                            disabled={busy}
                            onClick={() => save(false, t('whatsapp-ativo.admin.templates.withdrawn'))}
                        >
                            {t('whatsapp-ativo.admin.templates.withdraw')}
                        </Button>
                    )}
                </ButtonRow>
            )}
            <div role='status'>{result}</div>
        </div>
    );
};
