import React, {useState} from 'react';
import type {Account} from 'src/api/types';
import {useConsole} from 'src/components/console/use_console';
import {Button} from 'src/components/shared/buttons';
import {SelectField, TextField} from 'src/components/shared/fields';
import {Form} from 'src/components/shared/form';
import styles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';

type Props = {account?: Account; onSaved: (account: Account, verifyToken: string) => void; onCancel: () => void};

const empty = {name: '', phone_number_id: '', waba_id: '', display_phone: '', access_token: '', app_secret: '', verify_token: '', default_queue_id: ''};

/** The fields of a number. Those of secrets are empty even where one is stored, because nobody can read secrets back. */
export const AccountForm = ({account, onSaved, onCancel}: Props) => {
    const t = useText();
    const {adminApi, queues, reload} = useConsole();
    const {busy, failure, fields, run} = useAction();
    const [values, setValues] = useState(() => ({
        ...empty,
        name: account?.name ?? '',
        phone_number_id: account?.phone_number_id ?? '',
        waba_id: account?.waba_id ?? '',
        display_phone: account?.display_phone ?? '',
        default_queue_id: account?.default_queue_id ?? '',
        verify_token: account ? '' : newToken(),
    }));
    const set = (name: keyof typeof empty) => ({
        value: values[name],
        error: fields[name],
        onChange: (value: string) => setValues({...values, [name]: value}),
    });
    const keep = (stored: boolean | undefined, hint: string) => (stored ? t('whatsapp-ativo.admin.accounts.stored') : hint);

    const save = () => run(async () => {
        const stored = account ? await adminApi.changeAccount(account.id, values) : await adminApi.createAccount(values);
        await reload();
        onSaved(stored, values.verify_token);
    });

    return (
        <Form
            title={account ? t('whatsapp-ativo.admin.accounts.edit_title', {name: account.name}) : t('whatsapp-ativo.admin.accounts.add')}
            busy={busy}
            failure={failure}
            onSave={save}
            onCancel={onCancel}
        >
            <div className={styles.grid}>
                <TextField
                    label={t('whatsapp-ativo.admin.name')}
                    hint={t('whatsapp-ativo.admin.accounts.name_hint')}
                    maxLength={128}
                    {...set('name')}
                />
                <TextField
                    label={t('whatsapp-ativo.admin.accounts.phone')}
                    hint={t('whatsapp-ativo.admin.accounts.phone_hint')}
                    {...set('display_phone')}
                />
                <TextField
                    label={t('whatsapp-ativo.admin.accounts.phone_number_id')}
                    hint={t('whatsapp-ativo.admin.accounts.phone_number_id_hint')}
                    {...set('phone_number_id')}
                />
                <TextField
                    label={t('whatsapp-ativo.admin.accounts.waba_id')}
                    hint={t('whatsapp-ativo.admin.accounts.waba_id_hint')}
                    {...set('waba_id')}
                />
                <TextField
                    type='password'
                    label={t('whatsapp-ativo.admin.accounts.access_token')}
                    hint={keep(account?.has_access_token, t('whatsapp-ativo.admin.accounts.access_token_hint'))}
                    {...set('access_token')}
                />
                <TextField
                    type='password'
                    label={t('whatsapp-ativo.admin.accounts.app_secret')}
                    hint={keep(account?.has_app_secret, t('whatsapp-ativo.admin.accounts.app_secret_hint'))}
                    {...set('app_secret')}
                />
                <div>
                    <TextField
                        label={t('whatsapp-ativo.admin.accounts.verify_token')}
                        hint={keep(account?.has_verify_token, t('whatsapp-ativo.admin.accounts.verify_token_hint'))}
                        {...set('verify_token')}
                    />
                    <Button onClick={() => setValues({...values, verify_token: newToken()})}>
                        {t('whatsapp-ativo.admin.accounts.new_token')}
                    </Button>
                </div>
                <SelectField
                    label={t('whatsapp-ativo.admin.accounts.default_queue')}
                    hint={t(queues.length ? 'whatsapp-ativo.admin.accounts.default_queue_hint' : 'whatsapp-ativo.admin.accounts.default_queue_none')}
                    options={[{value: '', text: t('whatsapp-ativo.admin.accounts.no_queue')}, ...queues.map((q) => ({value: q.id, text: q.name}))]}
                    {...set('default_queue_id')}
                />
            </div>
        </Form>
    );
};

/** A verify token of 128 random bits, so that nobody makes up a weak one. */
function newToken() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
