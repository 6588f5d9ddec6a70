import React from 'react';
import {TextField} from 'src/components/shared/fields';
import styles from 'src/components/shared/form.module.css';
import {useText} from 'src/i18n/use_text';

import {dayKeys} from './hours_text';
import type {HoursText} from './hours_text';

type Props = {title: string; hint: string; error?: string; value: HoursText; onChange: (value: HoursText) => void};

/** The times of a week, one line of text a day. Without any it is always. */
export const HoursFields = ({title, hint, error, value, onChange}: Props) => {
    const t = useText();
    return (
        <fieldset>
            <legend>{title}</legend>
            <p>{hint}</p>
            <div className={styles.grid}>
                {Object.entries(dayKeys).map(([day, key]) => (
                    <TextField
                        key={day}
                        label={t(key)}
                        placeholder='08:00-12:00, 13:00-18:00'
                        maxLength={200}
                        error={error}
                        value={value[day] ?? ''}
                        onChange={(spans) => onChange({...value, [day]: spans})}
                    />
                ))}
            </div>
        </fieldset>
    );
};
