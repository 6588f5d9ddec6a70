import React, {useState} from 'react';
import type {ClosingField, ClosingReason} from 'src/api/types';
import {useConsole} from 'src/components/console/use_console';
import {Button, ButtonRow} from 'src/components/shared/buttons';
import {TextField} from 'src/components/shared/fields';
import {Form} from 'src/components/shared/form';
import formStyles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';

import {FieldEditor} from './field_editor';
import {fieldName} from './field_name';

type Props = {queueId: string; reason?: ClosingReason; onDone: () => Promise<void>; onCancel: () => void};

/** A field while it is edited. The key tells fields apart that have no name yet. */
type Edited = ClosingField & {key: number};

const mostFields = 10;

/** A reason's label and what it asks for. A field keeps its name when its label changes, so that values can be added up over time. */
export const ReasonForm = ({queueId, reason, onDone, onCancel}: Props) => {
    const t = useText();
    const {adminApi} = useConsole();
    const {busy, failure, fields: wrong, run} = useAction();
    const [label, setLabel] = useState(reason?.label ?? '');
    const [fields, setFields] = useState<Edited[]>(() => (reason?.fields ?? []).map((f, key) => ({...f, key})));
    const [nextKey, setNextKey] = useState(fields.length);

    const save = () => run(async () => {
        const names = new Set(fields.map((f) => f.name).filter(Boolean));
        const input = {
            label,
            fields: fields.map((f) => {
                const name = f.name || fieldName(f.label, names);
                names.add(name);
                return {name, label: f.label, type: f.type, required: f.required, options: f.options.map((o) => o.trim()).filter(Boolean)};
            }),
        };
        await (reason ? adminApi.changeClosingReason(reason.id, input) : adminApi.createClosingReason({...input, queue_id: queueId}));
        await onDone();
    });
    return (
        <Form
            title={reason ? t('whatsapp-ativo.admin.queues.edit_title', {name: reason.label}) : t('whatsapp-ativo.admin.reasons.add')}
            busy={busy}
            failure={failure}
            onSave={save}
            onCancel={onCancel}
        >
            <div className={formStyles.grid}>
                <TextField
                    label={t('whatsapp-ativo.admin.reasons.label')}
                    hint={reason && t('whatsapp-ativo.admin.reasons.label_hint')}
                    maxLength={100}
                    value={label}
                    error={wrong.label}
                    onChange={setLabel}
                />
            </div>
            {fields.map((field, i) => (
                <FieldEditor
                    key={field.key}
                    field={field}
                    number={i + 1}
                    onChange={(part) => setFields(fields.map((f) => (f === field ? {...f, ...part} : f)))}
                    onRemove={() => setFields(fields.filter((f) => f !== field))}
                />
            ))}
            {wrong.fields && <p className={formStyles.error}>{wrong.fields}</p>}
            {fields.length < mostFields && (
                <ButtonRow>
                    <Button
                        onClick={() => {
                            setFields([...fields, {key: nextKey, name: '', label: '', type: 'text', options: [], required: false}]);
                            setNextKey(nextKey + 1);
                        }}
                    >
                        {t('whatsapp-ativo.admin.reasons.add_field')}
                    </Button>
                </ButtonRow>
            )}
        </Form>
    );
};
