import React from 'react';
import {TextField} from 'src/components/form/fields';
import {useText} from 'src/i18n/use_text';

import type {PriceTexts} from './amounts';
import {categories} from './categories';

type Props = {values: PriceTexts; error?: (name: string) => string | undefined; onChange: (values: PriceTexts) => void};

/** One field a category. */
export const PriceFields = ({values, error, onChange}: Props) => {
    const t = useText();
    return (
        <div className='WhatsappAtivoAdmin__grid WhatsappAtivoAdmin__grid--four'>
            {categories.map(({name, text}) => (
                <TextField
                    key={name}
                    inputMode='decimal'
                    label={t(text)}
                    value={values[name]}
                    error={error?.(name)}
                    onChange={(value) => onChange({...values, [name]: value})}
                />
            ))}
        </div>
    );
};
