import React, {useState} from 'react';
import type {DeadLetter} from 'src/api/types';
import {PagedList} from 'src/components/console/paged_list';
import {Card} from 'src/components/console/resource_card';
import {useConsole} from 'src/components/console/use_console';
import {Button} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import styles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

/** Webhooks that could not be handled: why, what they contained, and a button to try again. */
export const DeadLetters = ({onReplayed}: {onReplayed: () => Promise<void>}) => {
    const t = useText();
    const {adminApi, readOnly} = useConsole();
    const {busy, failure: refused, run} = useAction();
    const [page, setPage] = useState(0);
    const {value, failure, reload} = useLoad(() => adminApi.deadLetters(page), [adminApi, page]);
    const [result, setResult] = useState('');
    useRefresh(reload);

    const replayed = async () => {
        await Promise.all([reload(), onReplayed()]);
        setResult(t('whatsapp-ativo.admin.letters.replayed'));
    };
    return (
        <section>
            <h2>{t('whatsapp-ativo.admin.letters.title')}</h2>
            <p className={styles.hint}>{t('whatsapp-ativo.admin.letters.intro')}</p>
            <Failure text={failure}/>
            <Failure text={refused}/>
            <p role='status'>{result}</p>
            {value && value.total > 1 && (
                <Button
                    kind='secondary'
                    disabled={busy || readOnly}
                    onClick={() => run(async () => {
                        await adminApi.replayAll();
                        await replayed();
                    })}
                >
                    {t('whatsapp-ativo.admin.letters.replay_all')}
                </Button>
            )}
            <PagedList
                list={value}
                empty={t('whatsapp-ativo.admin.letters.empty')}
                page={page}
                onPage={setPage}
            >
                {(letter) => (
                    <Letter
                        letter={letter}
                        onReplayed={replayed}
                    />
                )}
            </PagedList>
        </section>
    );
};

type Props = {letter: DeadLetter; onReplayed: () => Promise<void>};

const Letter = ({letter, onReplayed}: Props) => {
    const t = useText();
    const format = useFormat();
    const {adminApi, accounts, readOnly} = useConsole();
    const {busy, failure, run} = useAction();
    const account = accounts.find((a) => a.id === letter.account_id);

    return (
        <Card
            title={(
                <>
                    <strong>{letter.reason}</strong>
                    <span>{format.time(letter.received_at)}</span>
                    {account && <span>{account.name}</span>}
                </>
            )}
        >
            <details>
                <summary>{t('whatsapp-ativo.admin.letters.payload')}</summary>
                <pre tabIndex={0}>{letter.payload}</pre>
            </details>
            <Button
                kind='secondary'
                disabled={busy || readOnly}
                onClick={() => run(async () => {
                    await adminApi.replay(letter.id);
                    await onReplayed();
                })}
            >
                {t('whatsapp-ativo.admin.letters.replay')}
            </Button>
            <Failure text={failure}/>
        </Card>
    );
};
