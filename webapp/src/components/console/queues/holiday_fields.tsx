import React from 'react';
import {useConsole} from 'src/components/console/use_console';
import {Failure} from 'src/components/shared/failure';
import {Check, TextField} from 'src/components/shared/fields';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';

import {daysOfText} from './hours_text';

type Props = {error?: string; value: string; onChange: (value: string) => void};

/** The days on which a queue is closed: as text, and Brazil's national holidays of this year and the next to tick. */
export const HolidayFields = ({error, value, onChange}: Props) => {
    const t = useText();
    const {adminApi} = useConsole();
    const year = new Date().getFullYear();
    const offered = useLoad(async () => (await Promise.all([adminApi.holidays(year), adminApi.holidays(year + 1)])).flat(), [adminApi, year]);
    const days = daysOfText(value);
    const set = (date: string, closed: boolean) => onChange([...days.filter((day) => day !== date), ...(closed ? [date] : [])].sort().join(', '));
    return (
        <fieldset>
            <legend>{t('whatsapp-ativo.admin.queues.holidays')}</legend>
            <TextField
                label={t('whatsapp-ativo.admin.queues.holidays')}
                hint={t('whatsapp-ativo.admin.queues.holidays_hint')}
                error={error}
                value={value}
                onChange={onChange}
            />
            <Failure text={offered.failure}/>
            {offered.value?.map(({date, name}) => (
                <Check
                    key={date}
                    label={`${date} ${name}`}
                    checked={days.includes(date)}
                    onChange={(closed) => set(date, closed)}
                />
            ))}
        </fieldset>
    );
};
