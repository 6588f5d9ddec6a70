import React, {useState} from 'react';
import type {Queue} from 'src/api/types';
import {useConsole} from 'src/components/console/use_console';
import {Check, SelectField, TextField} from 'src/components/shared/fields';
import {Form} from 'src/components/shared/form';
import styles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';

import {ChannelFields} from './channel_fields';
import {ChannelSelect} from './channel_select';
import {HolidayFields} from './holiday_fields';
import {HoursFields} from './hours_fields';
import {daysOfText, hoursOfText, textOfHours} from './hours_text';

type Props = {queue?: Queue; onClose: () => void};

/** The fields of a queue. Its agents are no field: they are the members of its channel. */
export const QueueForm = ({queue, onClose}: Props) => {
    const t = useText();
    const {adminApi, mattermost, accounts, queues, reload} = useConsole();
    const {busy, failure, fields, run} = useAction();
    const teams = useLoad(() => mattermost.teams(), [mattermost]);
    const [values, setValues] = useState({
        name: queue?.name ?? '',
        team_id: queue?.team_id ?? '',
        channel_id: queue?.channel_id ?? '',
        account_id: queue?.account_id ?? (accounts.length === 1 ? accounts[0]!.id : ''),
        inactivity_minutes: String(queue?.inactivity_minutes ?? 0),
        time_zone: queue?.time_zone ?? '',
        away_message: queue?.away_message ?? '',
        report_channel_id: queue?.report_channel_id ?? '',
        holidays: (queue?.holidays ?? []).join(', '),
    });
    const [required, setRequired] = useState(queue?.closing_reason_required ?? false);
    const [hours, setHours] = useState(() => textOfHours(queue?.hours ?? {}));
    const [templateHours, setTemplateHours] = useState(() => textOfHours(queue?.template_hours ?? {}));
    const set = (name: keyof typeof values) => ({
        value: values[name],
        error: fields[name],
        onChange: (value: string) => setValues({...values, [name]: value}),
    });

    const save = () => run(async () => {
        const input = {...values, inactivity_minutes: Number(values.inactivity_minutes), hours: hoursOfText(hours), template_hours: hoursOfText(templateHours), holidays: daysOfText(values.holidays), closing_reason_required: required};
        const stored = queue ? await adminApi.changeQueue(queue.id, input) : await adminApi.createQueue(input);

        // The first queue of a number takes the messages of unknown customers, until the admin says otherwise.
        const account = accounts.find((a) => a.id === stored.account_id);
        if (!queue && account && !account.default_queue_id && !queues.some((q) => q.account_id === account.id)) {
            await adminApi.changeAccount(account.id, {default_queue_id: stored.id});
        }
        await reload();
        onClose();
    });

    return (
        <Form
            title={queue ? t('whatsapp-ativo.admin.queues.edit_title', {name: queue.name}) : t('whatsapp-ativo.admin.queues.add')}
            busy={busy}
            failure={failure || teams.failure}
            onSave={save}
            onCancel={onClose}
        >
            <div className={styles.grid}>
                <ChannelFields
                    teams={teams.value ?? []}
                    team={set('team_id')}
                    channel={set('channel_id')}
                    onTeam={(id) => setValues({...values, team_id: id, channel_id: '', report_channel_id: ''})}
                    onChannel={(id, name) => setValues({...values, channel_id: id, name: values.name || name})}
                />
                <TextField
                    label={t('whatsapp-ativo.admin.name')}
                    hint={t('whatsapp-ativo.admin.queues.name_hint')}
                    maxLength={128}
                    {...set('name')}
                />
                <SelectField
                    label={t('whatsapp-ativo.admin.queues.account')}
                    options={[{value: '', text: t('whatsapp-ativo.admin.choose')}, ...accounts.map((a) => ({value: a.id, text: `${a.name} ${a.display_phone}`}))]}
                    {...set('account_id')}
                />
                <TextField
                    type='number'
                    label={t('whatsapp-ativo.admin.queues.inactivity')}
                    hint={t('whatsapp-ativo.admin.queues.inactivity_hint')}
                    {...set('inactivity_minutes')}
                />
                <TextField
                    label={t('whatsapp-ativo.admin.queues.time_zone')}
                    hint={t('whatsapp-ativo.admin.queues.time_zone_hint')}
                    maxLength={128}
                    {...set('time_zone')}
                />
                <Check
                    label={t('whatsapp-ativo.admin.reasons.required')}
                    checked={required}
                    onChange={setRequired}
                />
            </div>
            <HoursFields
                title={t('whatsapp-ativo.admin.queues.hours')}
                hint={t('whatsapp-ativo.admin.queues.hours_hint')}
                error={fields.hours}
                value={hours}
                onChange={setHours}
            />
            <TextField
                label={t('whatsapp-ativo.admin.queues.away_message')}
                hint={t('whatsapp-ativo.admin.queues.away_message_hint')}
                maxLength={1000}
                {...set('away_message')}
            />
            <HoursFields
                title={t('whatsapp-ativo.admin.queues.template_hours')}
                hint={t('whatsapp-ativo.admin.queues.template_hours_hint')}
                error={fields.template_hours}
                value={templateHours}
                onChange={setTemplateHours}
            />
            <HolidayFields {...set('holidays')}/>
            <div className={styles.grid}>
                <ChannelSelect
                    teamId={values.team_id}
                    searchLabel={t('whatsapp-ativo.admin.queues.report_search')}
                    label={t('whatsapp-ativo.admin.queues.report')}
                    hint={t('whatsapp-ativo.admin.queues.report_hint')}
                    empty={t('whatsapp-ativo.admin.queues.report_none')}
                    {...set('report_channel_id')}
                />
            </div>
        </Form>
    );
};
