import React, {useState} from 'react';
import type {QuickReply} from 'src/api/types';
import {LinesField, TextField} from 'src/components/shared/fields';
import {Form} from 'src/components/shared/form';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

type Props = {queueId: string; reply?: QuickReply; onDone: () => Promise<void>};

/** A reply's shortcut, title and text. The server says at the field what is wrong with it. */
export const ReplyForm = ({queueId, reply, onDone}: Props) => {
    const t = useText();
    const {api} = useServices();
    const {busy, failure, fields, run} = useAction();
    const [input, setInput] = useState({shortcut: reply?.shortcut ?? '', title: reply?.title ?? '', text: reply?.text ?? ''});
    const change = (name: keyof typeof input) => (value: string) => setInput({...input, [name]: value});
    return (
        <Form
            title={reply?.shortcut || t('whatsapp-ativo.reply.new')}
            busy={busy}
            failure={failure}
            onSave={() => run(async () => {
                await api.saveReply(queueId, input, reply?.id);
                await onDone();
            })}
            onCancel={onDone}
        >
            <TextField
                label={t('whatsapp-ativo.reply.shortcut')}
                maxLength={32}
                value={input.shortcut}
                error={fields.shortcut}
                onChange={change('shortcut')}
            />
            <TextField
                label={t('whatsapp-ativo.admin.templates.title')}
                maxLength={100}
                value={input.title}
                error={fields.title}
                onChange={change('title')}
            />
            <LinesField
                label={t('whatsapp-ativo.admin.editor.body')}
                hint='{{nome}} {{primeiro_nome}} {{atendente}} {{responsavel}} {{fila}} {{saudacao}}'
                rows={6}
                value={input.text}
                error={fields.text}
                onChange={change('text')}
            />
        </Form>
    );
};
