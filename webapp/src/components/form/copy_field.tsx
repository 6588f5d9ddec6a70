import React, {useRef, useState} from 'react';
import {useText} from 'src/i18n/use_text';

import {Button} from './buttons';
import {Field} from './field';

/** A value to take elsewhere. Where the browser gives no clipboard (a page without https), the text is selected for Ctrl+C. */
export const CopyField = ({label, hint, value}: {label: string; hint?: string; value: string}) => {
    const t = useText();
    const input = useRef<HTMLInputElement>(null);
    const [said, setSaid] = useState('');

    const copy = async () => {
        input.current?.select();
        try {
            await navigator.clipboard.writeText(value);
            setSaid(t('whatsapp-ativo.admin.copied'));
        } catch {
            setSaid(t('whatsapp-ativo.admin.copy_by_hand'));
        }
    };

    return (
        <Field
            label={label}
            hint={hint}
        >
            {(control) => (
                <div className='WhatsappAtivoAdmin__copy'>
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
                    <span role='status'>{said}</span>
                </div>
            )}
        </Field>
    );
};
