import React from 'react';
import {SectionHead} from 'src/components/console/section_head';
import {useConsole} from 'src/components/console/use_console';
import {Button} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import formStyles from 'src/components/shared/form.module.css';
import {Tag} from 'src/components/shared/tag';
import {useAction} from 'src/components/shared/use_action';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import {useText} from 'src/i18n/use_text';

import {DeadLetters} from './dead_letters';
import styles from './findings.module.css';

/** How often the installation is examined by itself, milliseconds. Not as often as lists are read, because Meta is asked about each number. */
const examineInterval = 60_000;

/** Saúde: what an examination of the installation found, with what to do about it, and the webhooks that could not be handled. */
export const Health = () => {
    const t = useText();
    const {adminApi} = useConsole();
    const {value, failure, reload} = useLoad(() => adminApi.doctor(), [adminApi]);
    const {busy, run} = useAction();
    useRefresh(reload, examineInterval);

    // Problems come first.
    const findings = [...value?.items ?? []].sort((a, b) => Number(a.ok) - Number(b.ok));
    const wrong = findings.filter((f) => !f.ok).length;

    return (
        <>
            <SectionHead intro={t('whatsapp-ativo.admin.health.intro')}>
                <Button
                    kind='primary'
                    disabled={busy || !value}
                    onClick={() => run(reload)}
                >
                    {t(busy ? 'whatsapp-ativo.admin.working' : 'whatsapp-ativo.admin.health.again')}
                </Button>
            </SectionHead>
            <Failure text={failure}/>
            <p role='status'>
                {value && t('whatsapp-ativo.admin.health.sum', {wrong})}
                {!value && !failure && t('whatsapp-ativo.admin.health.looking')}
            </p>
            <ul className={styles.root}>
                {findings.map((finding) => (
                    <li key={finding.id}>
                        <Tag
                            kind={finding.ok ? 'good' : 'bad'}
                            text={t(finding.ok ? 'whatsapp-ativo.admin.health.ok' : 'whatsapp-ativo.admin.health.wrong')}
                        />
                        <div>
                            <div>{finding.text}</div>
                            {finding.fix && <div className={formStyles.hint}>{finding.fix}</div>}
                        </div>
                    </li>
                ))}
            </ul>
            <DeadLetters onReplayed={reload}/>
        </>
    );
};
