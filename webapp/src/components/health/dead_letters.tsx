import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {Button} from 'src/components/form/buttons';
import {Failure} from 'src/components/form/form';
import {Pager} from 'src/components/form/pager';
import {useFresh} from 'src/components/form/use_fresh';
import {useLoad, useTask} from 'src/components/form/use_task';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {DeadLetter} from 'src/rest/types';

const perPage = 20;

/** What could not be handled: why, what it held, and another try. */
export const DeadLetters = ({onReplayed}: {onReplayed: () => Promise<void>}) => {
    const t = useText();
    const {rest, disabled} = useShared();
    const {busy, failure: refused, run} = useTask();
    const [page, setPage] = useState(0);
    const {value, failure, reload} = useLoad(() => rest.deadLetters(page), [rest, page]);
    const [said, setSaid] = useState('');
    useFresh(reload);

    const replayed = async () => {
        await Promise.all([reload(), onReplayed()]);
        setSaid(t('whatsapp-ativo.admin.letters.replayed'));
    };
    return (
        <section>
            <h2>{t('whatsapp-ativo.admin.letters.title')}</h2>
            <p className='WhatsappAtivoAdmin__hint'>{t('whatsapp-ativo.admin.letters.intro')}</p>
            <Failure text={failure}/>
            <Failure text={refused}/>
            <p role='status'>{said}</p>
            {value && value.total > 1 && (
                <Button
                    kind='secondary'
                    disabled={busy || disabled}
                    onClick={() => run(async () => {
                        await rest.replayAll();
                        await replayed();
                    })}
                >
                    {t('whatsapp-ativo.admin.letters.replay_all')}
                </Button>
            )}
            {value?.total === 0 && <p className='WhatsappAtivoAdmin__empty'>{t('whatsapp-ativo.admin.letters.empty')}</p>}
            <ul className='WhatsappAtivoAdmin__cards'>
                {value?.items.map((letter) => (
                    <li key={letter.id}>
                        <Letter
                            letter={letter}
                            onReplayed={replayed}
                        />
                    </li>
                ))}
            </ul>
            {value && (
                <Pager
                    page={page}
                    perPage={perPage}
                    total={value.total}
                    onPage={setPage}
                />
            )}
        </section>
    );
};

type Props = {letter: DeadLetter; onReplayed: () => Promise<void>};

const Letter = ({letter, onReplayed}: Props) => {
    const t = useText();
    const format = useFormat();
    const {rest, accounts, disabled} = useShared();
    const {busy, failure, run} = useTask();
    const account = accounts.find((a) => a.id === letter.account_id);

    return (
        <div className='WhatsappAtivoAdmin__card'>
            <div className='WhatsappAtivoAdmin__title'>
                <strong>{letter.reason}</strong>
                <span>{format.time(letter.received_at)}</span>
                {account && <span>{account.name}</span>}
            </div>
            <details>
                <summary>{t('whatsapp-ativo.admin.letters.payload')}</summary>
                <pre tabIndex={0}>{letter.payload}</pre>
            </details>
            <Button
                kind='secondary'
                disabled={busy || disabled}
                onClick={() => run(async () => {
                    await rest.replay(letter.id);
                    await onReplayed();
                })}
            >
                {t('whatsapp-ativo.admin.letters.replay')}
            </Button>
            <Failure text={failure}/>
        </div>
    );
};
