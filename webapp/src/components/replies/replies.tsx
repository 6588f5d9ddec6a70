import React, {useState} from 'react';
import {allReplies} from 'src/api/agent_api';
import type {QuickReply} from 'src/api/types';
import {Button, ButtonRow, ConfirmButton} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import {TextField} from 'src/components/shared/fields';
import {chooseFile, saveFile} from 'src/components/shared/files';
import {Pager} from 'src/components/shared/pager';
import {useAction} from 'src/components/shared/use_action';
import {useDebounced} from 'src/components/shared/use_debounced';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

import styles from './replies.module.css';
import {ReplyForm} from './reply_form';

type Props = {

    /** Whose replies; '' = the reader's own, `allReplies` = all that they may use. */
    queueId: string;

    /** Their names stand at the replies where those of several are shown. */
    queues?: Array<{id: string; name: string}>;
    mayAdd: boolean;
    mayChange: (reply: QuickReply) => boolean;
};

/** The quick replies of a queue, or one's own: what they say, and for who may change them a form, CSV in and CSV out. */
export const Replies = ({queueId, queues = [], mayAdd, mayChange}: Props) => {
    const t = useText();
    const {api} = useServices();
    const [typed, setTyped] = useState('');
    const [page, setPage] = useState(0);
    const q = useDebounced(typed.trim());
    const {value, failure, reload} = useLoad(() => api.repliesOf(queueId, q, page), [api, queueId, q, page]);
    const {busy, failure: refused, fields, run} = useAction();
    const [editing, setEditing] = useState<QuickReply | 'new' | null>(null);

    const done = async () => {
        setEditing(null);
        await reload();
    };

    /** Takes a file as "Download CSV" gives it. Replies whose shortcut is known are changed, the others are added. */
    const importFile = (file?: Blob) => run(async () => {
        await api.importReplies(queueId, await file?.text() ?? '');
        await reload();
    });
    if (editing) {
        return (
            <ReplyForm
                queueId={queueId}
                reply={editing === 'new' ? undefined : editing}
                onDone={done}
            />
        );
    }
    return (
        <>
            <ButtonRow>
                {mayAdd && (
                    <>
                        <Button onClick={() => setEditing('new')}>{t('whatsapp-ativo.reply.new')}</Button>
                        <Button onClick={() => chooseFile('.csv', importFile)}>{t('whatsapp-ativo.reply.import')}</Button>
                    </>
                )}
                <Button onClick={() => run(async () => saveFile(await api.repliesFile(queueId), 'respostas.csv'))}>{t('whatsapp-ativo.list.csv')}</Button>
            </ButtonRow>
            <TextField
                type='search'
                label={t('whatsapp-ativo.reply.search')}
                maxLength={128}
                value={typed}
                onChange={(text) => {
                    setTyped(text);
                    setPage(0);
                }}
            />
            <Failure text={failure || fields.csv || refused}/>
            <ul className={styles.list}>
                {value?.items.map((reply) => (
                    <li key={reply.id}>
                        <h3>{[reply.shortcut, reply.title, queueId === allReplies && queues.find((q) => q.id === reply.queue_id)?.name].filter(Boolean).join(' · ')}</h3>
                        <p>{reply.text}</p>
                        {mayChange(reply) && (
                            <ButtonRow>
                                <Button
                                    of={reply.shortcut}
                                    onClick={() => setEditing(reply)}
                                >
                                    {t('whatsapp-ativo.admin.edit')}
                                </Button>
                                <ConfirmButton
                                    disabled={busy}
                                    of={reply.shortcut}
                                    question={t('whatsapp-ativo.admin.delete_question', {name: reply.shortcut})}
                                    onConfirm={() => run(async () => {
                                        await api.deleteReply(reply.id);
                                        await reload();
                                    })}
                                >
                                    {t('whatsapp-ativo.admin.delete')}
                                </ConfirmButton>
                            </ButtonRow>
                        )}
                    </li>
                ))}
            </ul>
            {value?.total === 0 && <p>{t('whatsapp-ativo.reply.none')}</p>}
            {value && (
                <Pager
                    page={page}
                    perPage={value.per_page}
                    total={value.total}
                    onPage={setPage}
                />
            )}
        </>
    );
};
