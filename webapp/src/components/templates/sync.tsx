import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {Button} from 'src/components/form/buttons';
import {Failure} from 'src/components/form/form';
import {useTask} from 'src/components/form/use_task';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {Account, SyncResult} from 'src/rest/types';

type Props = {account: Account; onSynced: () => Promise<void>};

/** Fetches a number's templates from Meta, and says what changed. */
export const Sync = ({account, onSynced}: Props) => {
    const t = useText();
    const format = useFormat();
    const {rest, reload, disabled} = useShared();
    const {busy, failure, run} = useTask();
    const [result, setResult] = useState<SyncResult>();
    const last = format.time(account.health.templates_synced_at);

    const sync = () => run(async () => {
        setResult(undefined);
        setResult(await rest.syncTemplates(account.id));
        await Promise.all([onSynced(), reload()]);
    });

    return (
        <div className='WhatsappAtivoAdmin__sync'>
            <Button
                kind='primary'
                disabled={busy || disabled}
                onClick={sync}
            >
                {t(busy ? 'whatsapp-ativo.admin.templates.syncing' : 'whatsapp-ativo.admin.templates.sync')}
            </Button>
            <div className='WhatsappAtivoAdmin__hint'>
                {last ? t('whatsapp-ativo.admin.templates.synced_at', {when: last}) : t('whatsapp-ativo.admin.templates.never_synced')}
            </div>
            <div role='status'>{result && t('whatsapp-ativo.admin.templates.synced', {...result})}</div>
            <Failure text={failure}/>
        </div>
    );
};
