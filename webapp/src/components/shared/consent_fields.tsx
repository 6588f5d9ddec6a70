import React from 'react';
import {useText} from 'src/i18n/use_text';

import {originKeys} from './consent_text';
import {SelectField, TextField} from './fields';

/** What somebody says of a customer's consent. */
export type ConsentSaid = {origin: string; note: string};

type Props = {said: ConsentSaid; onChange: (part: Partial<ConsentSaid>) => void};

/** Where a customer's consent came from, and a note. */
export const ConsentFields = ({said, onChange}: Props) => {
    const t = useText();
    return (
        <>
            <SelectField
                label={t('whatsapp-ativo.consent.origin')}
                hint={t('whatsapp-ativo.consent.origin_hint')}
                value={said.origin}
                onChange={(origin) => onChange({origin})}
                options={[{value: '', text: ''}, ...Object.entries(originKeys).map(([value, key]) => ({value, text: t(key)}))]}
            />
            <TextField
                label={t('whatsapp-ativo.consent.note')}
                maxLength={500}
                value={said.note}
                onChange={(note) => onChange({note})}
            />
        </>
    );
};
