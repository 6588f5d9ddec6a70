import React, {useState} from 'react';
import type {EventSubscription} from 'src/api/types';
import {useConsole} from 'src/components/console/use_console';
import {Check, TextField} from 'src/components/shared/fields';
import {Form} from 'src/components/shared/form';
import styles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';

import {eventNames, eventTypes} from './event_types';

type Props = {subscription?: EventSubscription; onSaved: () => Promise<void>; onCancel: () => void};

/** The fields of a subscription. The one of the secret is empty even where one is stored, because nobody can read it back. */
export const SubscriptionForm = ({subscription, onSaved, onCancel}: Props) => {
    const t = useText();
    const {adminApi, queues} = useConsole();
    const {busy, failure, fields, run} = useAction();
    const [url, setUrl] = useState(subscription?.url ?? '');
    const [secret, setSecret] = useState('');
    const [types, setTypes] = useState(subscription?.events ?? []);
    const [queueIds, setQueueIds] = useState(subscription?.queue_ids ?? []);

    const save = () => run(async () => {
        const input = {url: url.trim(), secret, events: types, queue_ids: queueIds};
        await (subscription ? adminApi.changeSubscription(subscription.id, input) : adminApi.createSubscription(input));
        await onSaved();
    });

    return (
        <Form
            title={t(subscription ? 'whatsapp-ativo.admin.events.edit_title' : 'whatsapp-ativo.admin.events.add')}
            busy={busy}
            failure={failure}
            onSave={save}
            onCancel={onCancel}
        >
            <TextField
                label={t('whatsapp-ativo.admin.events.url')}
                hint={t('whatsapp-ativo.admin.events.url_hint')}
                error={fields.url}
                maxLength={2048}
                value={url}
                onChange={setUrl}
            />
            <TextField
                type='password'
                label={t('whatsapp-ativo.admin.events.secret')}
                hint={t(subscription?.has_secret ? 'whatsapp-ativo.admin.events.secret_stored' : 'whatsapp-ativo.admin.events.secret_hint')}
                error={fields.secret}
                maxLength={256}
                value={secret}
                onChange={setSecret}
            />
            <Choice
                title={t('whatsapp-ativo.admin.events.types')}
                options={eventTypes.map((type) => ({value: type, text: t(eventNames[type])}))}
                chosen={types}
                onChange={setTypes}
            />
            {queues.length > 1 && (
                <Choice
                    title={t('whatsapp-ativo.admin.events.queues')}
                    options={queues.map((queue) => ({value: queue.id, text: queue.name}))}
                    chosen={queueIds}
                    onChange={setQueueIds}
                />
            )}
        </Form>
    );
};

type ChoiceProps<T> = {title: string; options: Array<{value: T; text: string}>; chosen: T[]; onChange: (chosen: T[]) => void};

/** Some of several things; none chosen means all of them. */
function Choice<T extends string>({title, options, chosen, onChange}: ChoiceProps<T>) {
    const t = useText();
    return (
        <fieldset>
            <legend>{title}</legend>
            <p className={styles.hint}>{t('whatsapp-ativo.admin.events.all_hint')}</p>
            <div className={styles.grid}>
                {options.map(({value, text}) => (
                    <Check
                        key={value}
                        label={text}
                        checked={chosen.includes(value)}
                        onChange={(checked) => onChange(checked ? [...chosen, value] : chosen.filter((one) => one !== value))}
                    />
                ))}
            </div>
        </fieldset>
    );
}
