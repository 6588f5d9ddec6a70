import React, {useState} from 'react';
import type {ClosingReason, Queue} from 'src/api/types';
import {CardDetails} from 'src/components/console/resource_card';
import {useConsole} from 'src/components/console/use_console';
import {Button, ButtonRow} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import {Loading} from 'src/components/shared/loading';
import {useAction} from 'src/components/shared/use_action';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';

import {ImportForm} from './import_form';
import {ReasonForm} from './reason_form';
import {ReasonRow} from './reason_row';
import styles from './reasons.module.css';

/** What is edited: a reason, a new one, a pasted list; null = nothing. */
type Editing = ClosingReason | 'new' | 'import' | null;

/** The reasons with which conversations of a queue are closed, in the order in which agents see them; retired ones stand last. */
export const ClosingReasons = ({queue}: {queue: Queue}) => {
    const t = useText();
    const {adminApi, readOnly} = useConsole();
    const {value, failure, reload} = useLoad(() => adminApi.closingReasons(queue.id), [adminApi, queue.id]);
    const action = useAction();
    const [editing, setEditing] = useState<Editing>(null);

    if (!value) {
        return <Loading failure={failure}/>;
    }
    const active = value.filter((r) => !r.retired);
    const retired = value.filter((r) => r.retired);
    const change = (act: () => Promise<unknown>) => action.run(async () => {
        await act();
        await reload();
    });
    const done = async () => {
        setEditing(null);
        await reload();
    };

    /** Positions of reasons may have gaps; after a move they are those of the list. */
    const move = (from: number, to: number) => change(async () => {
        const order = [...active];
        order.splice(to, 0, ...order.splice(from, 1));
        for (const [position, reason] of order.entries()) {
            if (reason.position !== position) {
                // One after the other, so that a failure leaves the rest as it was.
                // eslint-disable-next-line no-await-in-loop
                await adminApi.changeClosingReason(reason.id, {position});
            }
        }
    });
    const row = (reason: ClosingReason, at: number) => (
        <ReasonRow
            key={reason.id}
            reason={reason}
            at={at}
            count={active.length}
            disabled={action.busy}
            readOnly={readOnly}
            onMove={(to) => move(at, to)}
            onEdit={() => setEditing(reason)}
            onRetire={() => change(() => adminApi.retireClosingReason(reason.id))}
            onReturn={() => change(() => adminApi.changeClosingReason(reason.id, {retired: false}))}
        />
    );
    return (
        <CardDetails>
            <p>{t('whatsapp-ativo.admin.reasons.intro')}</p>
            <ol
                className={styles.list}
                aria-label={t('whatsapp-ativo.admin.reasons.title')}
            >
                {active.map(row)}
                {retired.map(row)}
            </ol>
            {value.length === 0 && <p>{t('whatsapp-ativo.admin.reasons.empty')}</p>}
            <Failure text={action.failure || failure}/>
            {!readOnly && editing === null && (
                <ButtonRow>
                    <Button
                        of={queue.name}
                        onClick={() => setEditing('new')}
                    >
                        {t('whatsapp-ativo.admin.reasons.add')}
                    </Button>
                    <Button
                        of={queue.name}
                        onClick={() => setEditing('import')}
                    >
                        {t('whatsapp-ativo.admin.reasons.import')}
                    </Button>
                </ButtonRow>
            )}
            {editing === 'import' && (
                <ImportForm
                    queueId={queue.id}
                    onDone={done}
                    onCancel={() => setEditing(null)}
                />
            )}
            {editing !== null && editing !== 'import' && (
                <ReasonForm
                    key={editing === 'new' ? '' : editing.id}
                    queueId={queue.id}
                    reason={editing === 'new' ? undefined : editing}
                    onDone={done}
                    onCancel={() => setEditing(null)}
                />
            )}
        </CardDetails>
    );
};
