import React from 'react';
import {useConsole} from 'src/components/console/use_console';
import formStyles from 'src/components/shared/form.module.css';
import {Loading} from 'src/components/shared/loading';
import {Preview} from 'src/components/shared/preview';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import {useText} from 'src/i18n/use_text';

import {TemplateUse} from './template_use';
import styles from './templates.module.css';

type Props = {id: string; onChanged: () => Promise<void>};

/** A template as the customer will see it, and the rules for its use. */
export const TemplateDetails = ({id, onChanged}: Props) => {
    const t = useText();
    const {adminApi, reload: reloadConsole} = useConsole();
    const {value, failure, setValue, reload} = useLoad(() => adminApi.template(id), [adminApi, id]);
    useRefresh(reload);

    if (!value) {
        return <Loading failure={failure}/>;
    }
    return (
        <div className={styles.details}>
            <div>
                <h3>{t('whatsapp-ativo.admin.templates.preview')}</h3>
                <Preview text={value.preview ?? value.text}/>
                <p className={formStyles.hint}>{t('whatsapp-ativo.admin.templates.preview_hint')}</p>
            </div>
            <TemplateUse
                template={value}
                onChanged={async () => {
                    setValue(await adminApi.template(id));
                    await Promise.all([onChanged(), reloadConsole()]);
                }}
            />
        </div>
    );
};
