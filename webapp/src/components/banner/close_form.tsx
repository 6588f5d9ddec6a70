import React, {useState} from 'react';
import {ServerError} from 'src/api/client';
import type {CloseBody, ClosingOptions, Conversation} from 'src/api/types';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

import {BannerForm} from './banner_form';
import {BannerField, ReasonField} from './closing_fields';
import {useConversationAction} from './use_conversation_action';

type Props = {conversation: Conversation; onDone: () => void};

/** Closes the conversation. Where its queue has reasons the agent chooses one and gives what it asks for; else they may write why. */
export const CloseForm = (props: Props) => {
    const {api} = useServices();
    const {id} = props.conversation;
    const {value, failure} = useLoad(() => api.closingOptions(id), [api, id]);

    // Where the reasons cannot be read the server says at the close what is missing.
    const options = value ?? (failure ? {required: false, reasons: []} : undefined);
    return options ? (
        <ReasonForm
            {...props}
            options={options}
        />
    ) : null;
};

const ReasonForm = ({conversation, onDone, options}: Props & {options: ClosingOptions}) => {
    const t = useText();
    const {api} = useServices();
    const act = useConversationAction(conversation.id);
    const [reasonId, setReasonId] = useState(options.required && options.reasons.length === 1 ? options.reasons[0]!.id : '');
    const [values, setValues] = useState<Record<string, string>>({});
    const [note, setNote] = useState('');
    const [errors, setErrors] = useState<Record<string, string>>({});
    const reason = options.reasons.find((r) => r.id === reasonId);
    const listed = options.reasons.length > 0;

    const submit = async () => {
        const body: CloseBody = {reason: note.trim()};
        if (reason) {
            body.reason_id = reason.id;
            body.fields = Object.fromEntries(reason.fields.map((f) => [f.name, values[f.name]?.trim() ?? '']));
        }
        let wrong = {};
        const done = await act(async () => {
            try {
                await api.close(conversation.id, body);
            } catch (error) {
                wrong = error instanceof ServerError ? error.fields : {};
                if (Object.keys(wrong).length === 0) {
                    throw error;
                }
            }
        });
        setErrors(wrong);
        if (done && Object.keys(wrong).length === 0) {
            onDone();
        }
    };
    const noteInput = (id: string) => (
        <input
            id={id}
            className='form-control'
            maxLength={1000}
            placeholder={t('whatsapp-ativo.close.reason')}
            value={note}
            onChange={(e) => setNote(e.target.value)}
        />
    );
    return (
        <BannerForm
            label={t('whatsapp-ativo.close.title')}
            submit={t('whatsapp-ativo.close.submit')}
            disabled={options.required && !reason}
            onSubmit={submit}
            onCancel={onDone}
        >
            {(id) => (listed ? (
                <>
                    <ReasonField
                        id={id}
                        value={reasonId}
                        options={options.reasons.map((r) => ({value: r.id, text: r.label}))}
                        none={t(options.required ? 'whatsapp-ativo.close.choose' : 'whatsapp-ativo.close.none')}
                        error={errors.reason_id}
                        onChange={setReasonId}
                    />
                    {reason?.fields.map((field) => (
                        <BannerField
                            key={field.name}
                            field={field}
                            value={values[field.name] ?? ''}
                            error={errors[`fields.${field.name}`]}
                            onChange={(value) => setValues({...values, [field.name]: value})}
                        />
                    ))}
                    <Note>{noteInput}</Note>
                </>
            ) : noteInput(id))}
        </BannerForm>
    );
};

const Note = ({children}: {children: (id: string) => React.ReactNode}) => {
    const t = useText();
    const id = React.useId();
    return (
        <>
            <label htmlFor={id}>{t('whatsapp-ativo.close.note')}</label>
            {children(id)}
        </>
    );
};
