import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {Button} from 'src/components/form/buttons';
import {Check, TextField} from 'src/components/form/fields';
import {Failure} from 'src/components/form/form';
import {useTask} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';
import type {Template, TemplateInput} from 'src/rest/types';

/** Header, text and buttons count their variables each for themselves. */
const places = {
    header: 'whatsapp-ativo.admin.templates.in_header',
    body: 'whatsapp-ativo.admin.templates.in_body',
    button: 'whatsapp-ativo.admin.templates.in_button',
} as const;

type Props = {template: Template; onChanged: () => Promise<void>};

/** Approval, the queues that may use a template, and what the dialog offers for its variables. */
export const TemplateUse = ({template, onChanged}: Props) => {
    const t = useText();
    const {rest, queues, disabled} = useShared();
    const {busy, failure, fields, run} = useTask();
    const own = queues.filter((q) => q.account_id === template.account_id);
    const variables = template.variables ?? [];
    const approvable = template.approved || (template.status === 'APPROVED' && !template.gone_at);

    // With one queue there is nothing to choose.
    const [allowed, setAllowed] = useState(!template.approved && own.length === 1 ? [own[0]!.id] : template.queue_ids);
    const [rules, setRules] = useState(() => Object.fromEntries(variables.map((v) => [v.element, {default: v.default, max_length: v.max_length ? String(v.max_length) : ''}])));
    const [said, setSaid] = useState('');

    const save = (approved: boolean, text: string) => run(async () => {
        setSaid('');
        const input: TemplateInput = {approved, queue_ids: allowed};
        if (variables.length) {
            input.variables = Object.fromEntries(Object.entries(rules).map(([element, rule]) => [element, {default: rule.default, max_length: Number(rule.max_length)}]));
        }
        await rest.changeTemplate(template.id, input);
        await onChanged();
        setSaid(text);
    });
    const setRule = (element: string, change: Partial<{default: string; max_length: string}>) => setRules({...rules, [element]: {...rules[element]!, ...change}});

    return (
        <div>
            <fieldset disabled={disabled}>
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
                {fields.queue_ids && <p className='WhatsappAtivoAdmin__error'>{fields.queue_ids}</p>}
            </fieldset>
            {variables.length > 0 && (
                <fieldset disabled={disabled}>
                    <legend>{t('whatsapp-ativo.admin.templates.variables')}</legend>
                    <p className='WhatsappAtivoAdmin__hint'>{t('whatsapp-ativo.admin.templates.variables_hint')}</p>
                    {variables.map((v) => {
                        const name = t(places[v.element.split('_')[0] as keyof typeof places] ?? places.body, {name: v.name ? `{{${v.name}}}` : ''}).trim();
                        return (
                            <div
                                key={v.element}
                                className='WhatsappAtivoAdmin__variable'
                            >
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
            {!approvable && <p className='WhatsappAtivoAdmin__hint'>{t('whatsapp-ativo.admin.templates.not_approvable')}</p>}
            {!disabled && (
                <div className='WhatsappAtivoAdmin__buttons'>
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
                </div>
            )}
            <div role='status'>{said}</div>
        </div>
    );
};
