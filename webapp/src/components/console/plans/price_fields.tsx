import React from 'react';
import {categories} from 'src/components/console/categories';
import {TextField} from 'src/components/shared/fields';
import styles from 'src/components/shared/form.module.css';
import {useText} from 'src/i18n/use_text';

import type {PriceTexts} from './amounts';

type Props = {values: PriceTexts; error?: (name: string) => string | undefined; onChange: (values: PriceTexts) => void};

/** The prices of a plan, with a field for each of Meta's categories. */
export const PriceFields = ({values, error, onChange}: Props) => {
    const t = useText();
    return (
        <div className={styles.narrowGrid}>
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
