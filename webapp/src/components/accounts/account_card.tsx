import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {Button, ConfirmButton} from 'src/components/form/buttons';
import {Facts} from 'src/components/form/facts';
import {Failure} from 'src/components/form/form';
import {Tag} from 'src/components/form/tag';
import {useTask} from 'src/components/form/use_task';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {Account, Probe} from 'src/rest/types';

import {accountTags} from './account_tags';
import {ProbeResult} from './probe_result';
import {Webhook} from './webhook';

type Props = {account: Account; verifyToken?: string; onEdit: () => void};

/** One number: its state, and what can be done with it. */
export const AccountCard = ({account, verifyToken, onEdit}: Props) => {
    const t = useText();
    const format = useFormat();
    const {rest, queues, reload, disabled} = useShared();
    const {busy, failure, run} = useTask();
    const [probe, setProbe] = useState<Probe>();
    const [webhook, setWebhook] = useState(verifyToken !== undefined);
    const named = (text: string) => `${text}: ${account.name}`;

    const test = () => run(async () => {
        setProbe(undefined);
        setProbe(await rest.testAccount(account.id));
        await reload();
    });
    const change = (doing: () => Promise<unknown>) => run(async () => {
        await doing();
        await reload();
    });

    return (
        <div className='WhatsappAtivoAdmin__card'>
            <div className='WhatsappAtivoAdmin__title'>
                <h2>{account.name}</h2>
                <span>{account.display_phone}</span>
                {accountTags(account).map((tag) => (
                    <Tag
                        key={tag.key}
                        kind={tag.kind}
                        text={t(tag.key, tag.values)}
                    />
                ))}
            </div>
            <Facts
                facts={[
                    [t('whatsapp-ativo.admin.accounts.default_queue'), queues.find((q) => q.id === account.default_queue_id)?.name ?? t('whatsapp-ativo.admin.accounts.no_queue')],
                    [t('whatsapp-ativo.admin.accounts.webhook_at'), format.time(account.webhook_at) || t('whatsapp-ativo.admin.never')],
                    [t('whatsapp-ativo.admin.accounts.quality'), account.health.quality_rating],
                    [t('whatsapp-ativo.admin.accounts.limit'), account.health.messaging_limit],
                    [t('whatsapp-ativo.admin.accounts.restriction'), account.health.restriction],
                    [t('whatsapp-ativo.admin.accounts.problem'), account.health.error],
                ]}
            />
            <div className='WhatsappAtivoAdmin__buttons'>
                <Button
                    kind='secondary'
                    disabled={busy || disabled}
                    label={named(t('whatsapp-ativo.admin.accounts.test'))}
                    onClick={test}
                >
                    {t(busy ? 'whatsapp-ativo.admin.working' : 'whatsapp-ativo.admin.accounts.test')}
                </Button>
                <Button
                    expanded={webhook}
                    label={named(t('whatsapp-ativo.admin.accounts.webhook'))}
                    onClick={() => setWebhook(!webhook)}
                >
                    {t('whatsapp-ativo.admin.accounts.webhook')}
                </Button>
                {!disabled && (
                    <>
                        <Button
                            label={named(t('whatsapp-ativo.admin.edit'))}
                            onClick={onEdit}
                        >
                            {t('whatsapp-ativo.admin.edit')}
                        </Button>
                        <Button
                            disabled={busy}
                            label={named(t(account.enabled ? 'whatsapp-ativo.admin.accounts.disable' : 'whatsapp-ativo.admin.accounts.enable'))}
                            onClick={() => change(() => rest.changeAccount(account.id, {enabled: !account.enabled}))}
                        >
                            {t(account.enabled ? 'whatsapp-ativo.admin.accounts.disable' : 'whatsapp-ativo.admin.accounts.enable')}
                        </Button>
                        <ConfirmButton
                            disabled={busy}
                            question={t('whatsapp-ativo.admin.delete_question', {name: account.name})}
                            label={named(t('whatsapp-ativo.admin.delete'))}
                            onConfirm={() => change(() => rest.deleteAccount(account.id))}
                        >
                            {t('whatsapp-ativo.admin.delete')}
                        </ConfirmButton>
                    </>
                )}
            </div>
            <Failure text={failure}/>
            <div role='status'>
                {probe && <ProbeResult probe={probe}/>}
            </div>
            {webhook && (
                <Webhook
                    account={account}
                    verifyToken={verifyToken}
                />
            )}
        </div>
    );
};
