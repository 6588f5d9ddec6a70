import React from 'react';
import {Check, TextField} from 'src/components/shared/fields';
import {useText} from 'src/i18n/use_text';

/** A moment as a datetime field has it: in the browser's time zone, to the minute. */
export const localMoment = (at: number) => new Date(at - (new Date(at).getTimezoneOffset() * 60_000)).toISOString().slice(0, 16);

/** Tomorrow at nine: most of what is put off is for then. */
const tomorrow = () => localMoment(new Date().setHours(33, 0, 0, 0));

/** How far ahead the server takes a start, milliseconds. */
const farthest = 60 * 86_400_000;

type Props = {sendAt?: string; error?: string; onChange: (sendAt?: string) => void};

/** Sends later instead of now: when, in the time zone of whoever fills it in. */
export const LaterField = ({sendAt, error, onChange}: Props) => {
    const t = useText();
    return (
        <>
            <Check
                label={t('whatsapp-ativo.start.later')}
                checked={sendAt !== undefined}
                onChange={(later) => onChange(later ? tomorrow() : undefined)}
            />
            {sendAt !== undefined && (
                <TextField
                    type='datetime-local'
                    label={t('whatsapp-ativo.start.send_at')}
                    hint={t('whatsapp-ativo.start.send_at_hint', {zone: new Intl.DateTimeFormat().resolvedOptions().timeZone})}
                    error={error}
                    min={localMoment(Date.now())}
                    max={localMoment(Date.now() + farthest)}
                    value={sendAt}
                    onChange={onChange}
                />
            )}
        </>
    );
};
