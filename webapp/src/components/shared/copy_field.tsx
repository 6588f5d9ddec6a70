import React, {useRef, useState} from 'react';
import {useText} from 'src/i18n/use_text';

import {Button} from './buttons';
import {Field} from './field';
import styles from './form.module.css';

/** A value to copy elsewhere. Browsers give a page without https no clipboard: there the text is selected for Ctrl+C. */
export const CopyField = ({label, hint, value}: {label: string; hint?: string; value: string}) => {
    const t = useText();
    const input = useRef<HTMLInputElement>(null);
    const [result, setResult] = useState('');

    const copy = async () => {
        input.current?.select();
        try {
            await navigator.clipboard.writeText(value);
            setResult(t('whatsapp-ativo.admin.copied'));
        } catch {
            setResult(t('whatsapp-ativo.admin.copy_by_hand'));
        }
    };

    return (
        <Field
            label={label}
            hint={hint}
        >
            {(control) => (
                <div className={styles.copy}>
                    <input
                        {...control}
                        ref={input}
                        readOnly={true}
                        value={value}
                    />
                    <Button
                        label={t('whatsapp-ativo.admin.copy_value', {label})}
                        onClick={copy}
                    >
                        {t('whatsapp-ativo.admin.copy')}
                    </Button>
                    <span role='status'>{result}</span>
                </div>
            )}
        </Field>
    );
};
