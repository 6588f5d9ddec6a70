import React, {useState} from 'react';
import {useConsole} from 'src/components/console/use_console';
import {Button, ButtonRow} from 'src/components/shared/buttons';
import formStyles from 'src/components/shared/form.module.css';
import {Loading} from 'src/components/shared/loading';
import {Preview} from 'src/components/shared/preview';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import {useText} from 'src/i18n/use_text';
import {emptyDraft, readDraft} from 'src/whatsapp/draft';

import {TemplateEditor} from './editor/template_editor';
import {TemplateUse} from './template_use';
import styles from './templates.module.css';

type Props = {id: string; onChanged: () => Promise<void>};

/** A template as the customer will see it, and the rules for its use. */
export const TemplateDetails = ({id, onChanged}: Props) => {
    const t = useText();
    const {adminApi, reload: reloadConsole, readOnly} = useConsole();
    const [editor, setEditor] = useState<'edit' | 'copy'>();
    const {value, failure, setValue, reload} = useLoad(() => adminApi.template(id), [adminApi, id]);
    useRefresh(reload);

    if (!value) {
        return <Loading failure={failure}/>;
    }
    const changed = async () => {
        setValue(await adminApi.template(id));
        await Promise.all([onChanged(), reloadConsole()]);
    };
    const draft = readDraft(value.components ?? []);
    if (editor) {
        return (
            <TemplateEditor
                of={value}
                edits={editor === 'edit'}
                draft={draft ?? emptyDraft}
                onClose={() => setEditor(undefined)}
                onSubmitted={async () => {
                    setEditor(undefined);
                    await changed();
                }}
            />
        );
    }
    const why = draft ? value.uneditable_reason : t('whatsapp-ativo.admin.editor.too_special');
    return (
        <div className={styles.details}>
            <div>
                <h3>{t('whatsapp-ativo.admin.templates.preview')}</h3>
                <Preview text={value.preview ?? value.text}/>
                <p className={formStyles.hint}>{t('whatsapp-ativo.admin.templates.preview_hint')}</p>
                {!readOnly && (
                    <ButtonRow>
                        <Button
                            disabled={Boolean(why)}
                            onClick={() => setEditor('edit')}
                        >
                            {t('whatsapp-ativo.admin.editor.edit')}
                        </Button>
                        <Button
                            disabled={!draft}
                            onClick={() => setEditor('copy')}
                        >
                            {t('whatsapp-ativo.admin.editor.copy')}
                        </Button>
                    </ButtonRow>
                )}
                <p className={formStyles.hint}>{why || (value.status === 'APPROVED' && t('whatsapp-ativo.admin.editor.edits_left', {count: value.edits_left ?? 0}))}</p>
            </div>
            <TemplateUse
                template={value}
                onChanged={changed}
            />
        </div>
    );
};
