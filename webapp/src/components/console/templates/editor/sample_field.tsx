import React, {useEffect, useState} from 'react';
import {useConsole} from 'src/components/console/use_console';
import {Field} from 'src/components/shared/field';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';

import styles from '../templates.module.css';

/** The files that Meta takes as samples, by the kind of the header. */
export const sampleTypes: Record<string, string> = {IMAGE: 'image/jpeg,image/png', VIDEO: 'video/mp4', DOCUMENT: 'application/pdf'};

type Props = {
    accountId: string;
    format: string;

    /** Meta's name for the sample; '' = there is none yet. */
    sample: string;

    /** source is an address under which the browser shows the file. */
    onUploaded: (sample: string, source: string) => void;
};

/** Chooses a file for the header, which goes to Meta at once: its reviewer wants to see one. */
export const SampleField = ({accountId, format, sample, onUploaded}: Props) => {
    const t = useText();
    const {adminApi} = useConsole();
    const {busy, failure, fields, run} = useAction();
    const [source, setSource] = useState('');
    useEffect(() => () => URL.revokeObjectURL(source), [source]);
    const upload = (file: File) => run(async () => {
        const {handle} = await adminApi.uploadSample(accountId, file);
        const shown = URL.createObjectURL(file);
        setSource(shown);
        onUploaded(handle, shown);
    });
    return (
        <Field
            label={t('whatsapp-ativo.admin.editor.sample')}
            hint={t(sample && !busy ? 'whatsapp-ativo.admin.editor.sample_kept' : 'whatsapp-ativo.admin.editor.sample_hint')}
            error={fields.file ?? failure}
        >
            {(control) => (
                <input
                    {...control}
                    className={`${control.className} ${styles.file}`}
                    type='file'
                    accept={sampleTypes[format]}
                    disabled={busy}
                    onChange={({target}) => target.files?.[0] && upload(target.files[0])}
                />
            )}
        </Field>
    );
};
