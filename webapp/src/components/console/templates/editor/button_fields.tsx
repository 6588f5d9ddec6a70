import React from 'react';
import {Button} from 'src/components/shared/buttons';
import {SelectField, TextField} from 'src/components/shared/fields';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import {variablesOf} from 'src/whatsapp/draft';
import type {DraftButton} from 'src/whatsapp/draft';

import styles from '../templates.module.css';

const maxButtons = 10;

const kindNames: Record<string, MessageKey> = {
    QUICK_REPLY: 'whatsapp-ativo.admin.editor.button_quick_reply',
    URL: 'whatsapp-ativo.admin.editor.button_url',
    PHONE_NUMBER: 'whatsapp-ativo.admin.editor.button_phone_number',
};

const valueNames: Record<string, MessageKey> = {
    URL: 'whatsapp-ativo.admin.editor.button_value_url',
    PHONE_NUMBER: 'whatsapp-ativo.admin.editor.button_value_phone_number',
};

type Props = {buttons: DraftButton[]; onChange: (buttons: DraftButton[]) => void};

/** The buttons below a template. */
export const ButtonFields = ({buttons, onChange}: Props) => {
    const t = useText();
    const set = (at: number, change: Partial<DraftButton>) => onChange(buttons.map((button, i) => (i === at ? {...button, ...change} : button)));
    const kinds = Object.entries(kindNames).map(([value, name]) => ({value, text: t(name)}));
    return (
        <fieldset>
            <legend>{t('whatsapp-ativo.admin.editor.buttons')}</legend>
            {buttons.map((button, i) => (
                <div
                    key={i} // eslint-disable-line react/no-array-index-key
                    className={styles.variable}
                >
                    <SelectField
                        label={t('whatsapp-ativo.admin.editor.button_kind')}
                        options={kinds}
                        value={button.type}
                        onChange={(type) => set(i, {type, value: '', example: ''})}
                    />
                    <TextField
                        label={t('whatsapp-ativo.admin.editor.button_text')}
                        maxLength={25}
                        value={button.text}
                        onChange={(text) => set(i, {text})}
                    />
                    {valueNames[button.type] && (
                        <TextField
                            label={t(valueNames[button.type]!)}
                            maxLength={2000}
                            value={button.value}
                            onChange={(value) => set(i, {value})}
                        />
                    )}
                    {variablesOf(button.value).length > 0 && (
                        <TextField
                            label={t('whatsapp-ativo.admin.editor.button_example')}
                            value={button.example}
                            onChange={(example) => set(i, {example})}
                        />
                    )}
                    <Button onClick={() => onChange(buttons.filter((_, other) => other !== i))}>{t('whatsapp-ativo.admin.editor.button_remove')}</Button>
                </div>
            ))}
            <Button
                disabled={buttons.length >= maxButtons}
                onClick={() => onChange([...buttons, {type: 'QUICK_REPLY', text: '', value: '', example: ''}])}
            >
                {t('whatsapp-ativo.admin.editor.button_add')}
            </Button>
        </fieldset>
    );
};
