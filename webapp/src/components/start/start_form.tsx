import React, {useRef, useState} from 'react';
import type {KeyboardEvent, MouseEvent} from 'react';
import {ConsentFields} from 'src/components/shared/consent_fields';
import {Failure} from 'src/components/shared/failure';
import {SelectField, TextField} from 'src/components/shared/fields';
import {Loading} from 'src/components/shared/loading';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {Starting} from 'src/services';
import {fillTemplate} from 'src/whatsapp/fill';

import {CustomerFields} from './customer_fields';
import {LaterField} from './later_field';
import {PhonePreview} from './phone_preview';
import {problemsOf, sendAtField} from './problems';
import styles from './start.module.css';
import {TemplatePicker} from './template_picker';
import {useCheck} from './use_check';
import {useNextField} from './use_next_field';
import {useSend} from './use_send';
import {useStartForm} from './use_start_form';
import type {Typed} from './use_start_form';
import {VariableFields} from './variable_fields';
import {Verdict} from './verdict';

type Props = {begin: Starting; onDone: () => void};

const dot = ' · ';

/** A field that loses the focus says what is wrong with it, and the popup grows: the button would move away between press and release. */
const keepFocus = (e: MouseEvent) => e.preventDefault();

/** Left what is filled in, right the message as the customer will see it. */
export const StartForm = ({begin, onDone}: Props) => {
    const t = useText();
    const format = useFormat();
    const form = useRef<HTMLFormElement>(null);
    const {userId, options, failure, typed, change, restored, clear, forget, template, values, body} = useStartForm(begin);
    const check = useCheck(body);
    const {send, openExisting, busy, failure: sendFailure, fields} = useSend(userId, begin.failed, onDone);
    const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
    const [tried, setTried] = useState<Typed>();
    const toNextField = useNextField(form, Boolean(options));

    if (!options) {
        return <div className={styles.message}><Loading failure={failure}/></div>;
    }
    if (options.queues.length === 0) {
        return <div className={styles.message}>{t('whatsapp-ativo.start.no_queue')}</div>;
    }

    const problems = problemsOf(typed, values, template);
    const errors: Record<string, string> = {};

    // What the server said about the last try holds until something is changed.
    const refusedFields = tried === typed ? fields : {};
    for (const [field, text] of [...Object.entries({...refusedFields, ...check?.fields}), ...Object.entries(problems).map(([f, key]) => [f, t(key)] as const)]) {
        if (tried || left.has(field)) {
            errors[field] = text;
        }
    }
    const {existing, refusal} = check ?? {};
    const refused = Boolean(refusal && !refusal.can_confirm);
    const sendText = existing ? 'whatsapp-ativo.start.send_existing' : 'whatsapp-ativo.start.send';
    const reasonMissing = Boolean(refusal?.needs_reason && !typed.reason.trim());
    const submit = () => {
        setTried(typed);
        if (!body || refused || reasonMissing || busy || Object.keys({...problems, ...check?.fields}).length > 0) {
            setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
            return;
        }
        send(existing || refusal ? {...body, confirm: true} : body, template!);
    };

    /** Enter goes on to what is still empty; with Ctrl it sends, from anywhere. */
    const onKeyDown = (e: KeyboardEvent) => {
        const sends = e.ctrlKey || e.metaKey;
        if (e.key === 'Enter' && !e.defaultPrevented && (sends || (e.target as HTMLElement).tagName !== 'BUTTON')) {
            e.preventDefault();
            if (sends) {
                submit();
            } else {
                toNextField();
            }
        }
    };
    const leave = (field: string) => setLeft((before) => new Set(before).add(field));
    const amount = check?.price ?? template?.price ?? null;
    const currency = check?.currency || template?.currency;
    const price = template && amount !== null && currency ? format.money(amount, currency) : undefined;

    return (
        <form
            ref={form}
            className={styles.root}
            noValidate={true}
            onKeyDown={onKeyDown}
            onSubmit={(e) => {
                e.preventDefault();
                submit();
            }}
        >
            <div className={styles.columns}>
                <div className={styles.fields}>
                    {restored && (
                        <p className={styles.restored}>
                            {t('whatsapp-ativo.start.restored')}{dot}
                            <button
                                type='button'
                                onMouseDown={keepFocus}
                                onClick={() => {
                                    clear();
                                    toNextField();
                                }}
                            >
                                {t('whatsapp-ativo.start.restored_clear')}
                            </button>
                        </p>
                    )}
                    {options.queues.length > 1 && (
                        <SelectField
                            label={t('whatsapp-ativo.customer.queue')}
                            value={typed.queueId}
                            onChange={(queueId) => change({queueId})}
                            options={options.queues.map(({id, name}) => ({value: id, text: name}))}
                        />
                    )}
                    <TemplatePicker
                        templates={options.templates}
                        chosen={template}
                        error={errors.template}
                        onChoose={(templateId) => {
                            change({templateId});
                            toNextField();
                        }}
                    />
                    <CustomerFields
                        typed={typed}
                        errors={errors}
                        onChange={change}
                        onLeave={leave}
                        onKnown={toNextField}
                    />
                    {template && (
                        <VariableFields
                            variables={template.variables}
                            values={values}
                            errors={errors}
                            onChange={(element, value) => change({values: {...typed.values, [element]: value}})}
                        />
                    )}
                    {(refusal?.code === 'consent_required' || typed.origin) && (
                        <ConsentFields
                            said={typed}
                            onChange={change}
                        />
                    )}
                    {refusal?.needs_reason && (
                        <TextField
                            label={t('whatsapp-ativo.start.reason')}
                            hint={t('whatsapp-ativo.start.reason_hint')}
                            error={tried && reasonMissing ? t('whatsapp-ativo.start.missing') : undefined}
                            maxLength={1000}
                            value={typed.reason}
                            onChange={(reason) => change({reason})}
                        />
                    )}
                    <LaterField
                        sendAt={typed.sendAt}
                        error={errors[sendAtField]}
                        onChange={(sendAt) => change({sendAt})}
                    />
                </div>
                <section
                    className={styles.preview}
                    aria-label={t('whatsapp-ativo.start.preview')}
                >
                    <h2>{t('whatsapp-ativo.start.preview')}</h2>
                    {template ? (
                        <PhonePreview
                            id={template.id}
                            template={fillTemplate(template, values)}
                        />
                    ) : <p>{t('whatsapp-ativo.start.preview_empty')}</p>}
                </section>
            </div>
            <footer className={styles.foot}>
                <Verdict
                    options={options}
                    price={price}
                    currency={currency}
                    check={check}
                    onOpenExisting={openExisting}
                    onLater={(sendAt) => change({sendAt})}
                />
                <Failure text={tried === typed ? sendFailure : ''}/>
                <div className={styles.buttons}>
                    <span>{t('whatsapp-ativo.start.keys')}</span>
                    <button
                        type='button'
                        className='btn btn-tertiary'
                        onMouseDown={keepFocus}
                        onClick={() => {
                            forget();
                            onDone();
                        }}
                    >
                        {t('whatsapp-ativo.admin.cancel')}
                    </button>
                    <button
                        type='submit'
                        className='btn btn-primary'
                        onMouseDown={keepFocus}
                        disabled={busy || refused}
                    >
                        {t(typed.sendAt === undefined ? sendText : 'whatsapp-ativo.start.schedule')}
                        {price ? ` · ${price}` : ''}
                    </button>
                </div>
            </footer>
        </form>
    );
};
