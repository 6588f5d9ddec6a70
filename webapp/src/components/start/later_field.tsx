import React, {useRef} from 'react';
import {Check, TextField} from 'src/components/shared/fields';
import {useText} from 'src/i18n/use_text';

import styles from './start.module.css';

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
    const root = useRef<HTMLDivElement>(null);

    /** It is the last of the fields: what a tick adds would be under the foot of the popup. */
    const tick = (later: boolean) => {
        onChange(later ? tomorrow() : undefined);
        setTimeout(() => root.current?.scrollIntoView({block: 'nearest'}));
    };
    return (
        <div
            ref={root}
            className={styles.later}
        >
            <Check
                label={t('whatsapp-ativo.start.later')}
                checked={sendAt !== undefined}
                onChange={tick}
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
        </div>
    );
};
