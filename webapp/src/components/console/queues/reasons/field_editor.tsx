import React from 'react';
import type {ClosingField} from 'src/api/types';
import {Button} from 'src/components/shared/buttons';
import {Check, LinesField, SelectField, TextField} from 'src/components/shared/fields';
import formStyles from 'src/components/shared/form.module.css';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';

import styles from './reasons.module.css';

type Props = {field: ClosingField; number: number; onChange: (part: Partial<ClosingField>) => void; onRemove: () => void};

const types: Array<[ClosingField['type'], MessageKey]> = [
    ['text', 'whatsapp-ativo.admin.reasons.type_text'],
    ['number', 'whatsapp-ativo.admin.reasons.type_number'],
    ['select', 'whatsapp-ativo.admin.reasons.type_select'],
];

/** One thing that a reason asks for. */
export const FieldEditor = ({field, number, onChange, onRemove}: Props) => {
    const t = useText();
    const title = t('whatsapp-ativo.admin.reasons.field', {n: number});
    return (
        <div
            className={styles.field}
            role='group'
            aria-label={title}
        >
            <div className={formStyles.grid}>
                <TextField
                    label={`${title}: ${t('whatsapp-ativo.admin.reasons.field_label')}`}
                    maxLength={64}
                    value={field.label}
                    onChange={(label) => onChange({label})}
                />
                <SelectField
                    label={`${title}: ${t('whatsapp-ativo.admin.reasons.field_type')}`}
                    value={field.type}
                    options={types.map(([value, key]) => ({value, text: t(key)}))}
                    onChange={(type) => onChange({type: type as ClosingField['type']})}
                />
                {field.type === 'select' && (
                    <LinesField
                        label={`${title}: ${t('whatsapp-ativo.admin.reasons.options')}`}
                        hint={t('whatsapp-ativo.admin.reasons.options_hint')}
                        rows={4}
                        value={field.options.join('\n')}
                        onChange={(text) => onChange({options: text.split('\n')})}
                    />
                )}
            </div>
            <Check
                label={t('whatsapp-ativo.admin.reasons.field_required')}
                checked={field.required}
                onChange={(required) => onChange({required})}
            />
            <Button
                of={title}
                onClick={onRemove}
            >
                {t('whatsapp-ativo.admin.reasons.remove_field')}
            </Button>
        </div>
    );
};
