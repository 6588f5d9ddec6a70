import React from 'react';
import {useShared} from 'src/components/administration/context';
import {Failure} from 'src/components/form/form';
import {useFresh} from 'src/components/form/use_fresh';
import {useLoad} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';

import {Preview} from './preview';
import {TemplateUse} from './template_use';

type Props = {id: string; onChanged: () => Promise<void>};

/** A template as the customer will see it, and what agents may do with it. */
export const TemplateDetails = ({id, onChanged}: Props) => {
    const t = useText();
    const {rest, reload} = useShared();
    const {value, failure, setValue, reload: reread} = useLoad(() => rest.template(id), [rest, id]);
    useFresh(reread);

    if (!value) {
        return failure ? <Failure text={failure}/> : <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>;
    }
    return (
        <div className='WhatsappAtivoAdmin__result WhatsappAtivoAdmin__details'>
            <div>
                <h3>{t('whatsapp-ativo.admin.templates.preview')}</h3>
                <Preview text={value.preview ?? value.text}/>
                <p className='WhatsappAtivoAdmin__hint'>{t('whatsapp-ativo.admin.templates.preview_hint')}</p>
            </div>
            <TemplateUse
                template={value}
                onChanged={async () => {
                    setValue(await rest.template(id));
                    await Promise.all([onChanged(), reload()]);
                }}
            />
        </div>
    );
};
