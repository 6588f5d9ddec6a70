import React, {useState} from 'react';
import {useConsole} from 'src/components/console/use_console';
import {LinesField} from 'src/components/shared/fields';
import {Form} from 'src/components/shared/form';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';

type Props = {queueId: string; onDone: () => Promise<void>; onCancel: () => void};

/** Takes a pasted list of reasons, one a line. Those that the queue has already are left out. */
export const ImportForm = ({queueId, onDone, onCancel}: Props) => {
    const t = useText();
    const {adminApi} = useConsole();
    const {busy, failure, fields, run} = useAction();
    const [text, setText] = useState('');
    return (
        <Form
            title={t('whatsapp-ativo.admin.reasons.import')}
            busy={busy}
            failure={failure}
            onSave={() => run(async () => {
                await adminApi.importClosingReasons(queueId, text);
                await onDone();
            })}
            onCancel={onCancel}
        >
            <LinesField
                label={t('whatsapp-ativo.admin.reasons.list')}
                hint={t('whatsapp-ativo.admin.reasons.list_hint')}
                error={fields.text}
                rows={8}
                value={text}
                onChange={setText}
            />
        </Form>
    );
};
