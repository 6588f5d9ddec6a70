import React, {useState} from 'react';
import type {Account, SyncResult} from 'src/api/types';
import {useConsole} from 'src/components/console/use_console';
import {Button} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import formStyles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import styles from './templates.module.css';

type Props = {account: Account; onSynced: () => Promise<void>};

/** Reads a number's templates from Meta, and says what changed. */
export const Sync = ({account, onSynced}: Props) => {
    const t = useText();
    const format = useFormat();
    const {adminApi, reload, readOnly} = useConsole();
    const {busy, failure, run} = useAction();
    const [result, setResult] = useState<SyncResult>();
    const last = format.time(account.health.templates_synced_at);

    const sync = () => run(async () => {
        setResult(undefined);
        setResult(await adminApi.syncTemplates(account.id));
        await Promise.all([onSynced(), reload()]);
    });

    return (
        <div className={styles.sync}>
            <Button
                kind='primary'
                disabled={busy || readOnly}
                onClick={sync}
            >
                {t(busy ? 'whatsapp-ativo.admin.templates.syncing' : 'whatsapp-ativo.admin.templates.sync')}
            </Button>
            <div className={formStyles.hint}>
                {last ? t('whatsapp-ativo.admin.templates.synced_at', {when: last}) : t('whatsapp-ativo.admin.templates.never_synced')}
            </div>
            <div role='status'>{result && t('whatsapp-ativo.admin.templates.synced', {...result})}</div>
            <Failure text={failure}/>
        </div>
    );
};
