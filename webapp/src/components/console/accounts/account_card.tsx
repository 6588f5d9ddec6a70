import React, {useState} from 'react';
import type {Account, Probe} from 'src/api/types';
import {ResourceCard} from 'src/components/console/resource_card';
import {useConsole} from 'src/components/console/use_console';
import {Button, ConfirmButton} from 'src/components/shared/buttons';
import {Facts} from 'src/components/shared/facts';
import {Tag} from 'src/components/shared/tag';
import {useAction} from 'src/components/shared/use_action';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import {accountTags} from './account_tags';
import {metaWords} from './meta_words';
import {ProbeResult} from './probe_result';
import {Webhook} from './webhook';

type Props = {account: Account; verifyToken?: string; onEdit: () => void};

/** One number: its state, and what can be done with it. */
export const AccountCard = ({account, verifyToken, onEdit}: Props) => {
    const t = useText();
    const format = useFormat();
    const words = metaWords(t);
    const [probe, setProbe] = useState<Probe>();
    const [webhook, setWebhook] = useState(verifyToken !== undefined);
    const {adminApi, queues, reload} = useConsole();
    const {busy, failure, run} = useAction();

    const test = () => run(async () => {
        setProbe(undefined);
        setProbe(await adminApi.testAccount(account.id));
        await reload();
    });
    const change = (request: () => Promise<unknown>) => run(async () => {
        await request();
        await reload();
    });

    return (
        <ResourceCard
            name={account.name}
            badges={(
                <>
                    <span>{account.display_phone}</span>
                    {accountTags(account).map((tag) => (
                        <Tag
                            key={tag.key}
                            kind={tag.kind}
                            text={t(tag.key, tag.values)}
                        />
                    ))}
                </>
            )}
            body={(
                <Facts
                    facts={[
                        [t('whatsapp-ativo.admin.accounts.default_queue'), queues.find((q) => q.id === account.default_queue_id)?.name ?? t('whatsapp-ativo.admin.accounts.no_queue')],
                        [t('whatsapp-ativo.admin.accounts.webhook_at'), format.time(account.webhook_at) || t('whatsapp-ativo.admin.never')],
                        [t('whatsapp-ativo.admin.accounts.quality'), words.quality(account.health.quality_rating)],
                        [t('whatsapp-ativo.admin.accounts.limit'), words.limit(account.health.messaging_limit)],
                        [t('whatsapp-ativo.admin.accounts.restriction'), account.health.restriction],
                        [t('whatsapp-ativo.admin.accounts.problem'), account.health.error],
                    ]}
                />
            )}
            buttons={(
                <Buttons
                    account={account}
                    busy={busy}
                    webhook={webhook}
                    onTest={test}
                    onWebhook={() => setWebhook(!webhook)}
                    onEdit={onEdit}
                    onEnable={(enabled) => change(() => adminApi.changeAccount(account.id, {enabled}))}
                    onDelete={() => change(() => adminApi.deleteAccount(account.id))}
                />
            )}
            failure={failure}
        >
            <div role='status'>
                {probe && <ProbeResult probe={probe}/>}
            </div>
            {webhook && (
                <Webhook
                    account={account}
                    verifyToken={verifyToken}
                />
            )}
        </ResourceCard>
    );
};

type ButtonsProps = {
    account: Account;
    busy: boolean;

    /** What to enter at Meta is shown. */
    webhook: boolean;
    onTest: () => void;
    onWebhook: () => void;
    onEdit: () => void;
    onEnable: (enabled: boolean) => void;
    onDelete: () => void;
};

const Buttons = ({account, busy, webhook, onTest, onWebhook, onEdit, onEnable, onDelete}: ButtonsProps) => {
    const t = useText();
    const {readOnly} = useConsole();
    return (
        <>
            <Button
                kind='secondary'
                disabled={busy || readOnly}
                label={`${t('whatsapp-ativo.admin.accounts.test')}: ${account.name}`}
                onClick={onTest}
            >
                {t(busy ? 'whatsapp-ativo.admin.working' : 'whatsapp-ativo.admin.accounts.test')}
            </Button>
            <Button
                expanded={webhook}
                of={account.name}
                onClick={onWebhook}
            >
                {t('whatsapp-ativo.admin.accounts.webhook')}
            </Button>
            {!readOnly && (
                <>
                    <Button
                        of={account.name}
                        onClick={onEdit}
                    >
                        {t('whatsapp-ativo.admin.edit')}
                    </Button>
                    <Button
                        disabled={busy}
                        of={account.name}
                        onClick={() => onEnable(!account.enabled)}
                    >
                        {t(account.enabled ? 'whatsapp-ativo.admin.accounts.disable' : 'whatsapp-ativo.admin.accounts.enable')}
                    </Button>
                    <ConfirmButton
                        disabled={busy}
                        question={t('whatsapp-ativo.admin.delete_question', {name: account.name})}
                        of={account.name}
                        onConfirm={onDelete}
                    >
                        {t('whatsapp-ativo.admin.delete')}
                    </ConfirmButton>
                </>
            )}
        </>
    );
};
