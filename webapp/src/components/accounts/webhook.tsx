import React from 'react';
import {CopyField} from 'src/components/form/copy_field';
import {useText} from 'src/i18n/use_text';
import type {Account} from 'src/rest/types';

/** The fields of Meta's webhook that the plugin handles. */
const fields = [
    'messages', 'message_template_status_update', 'message_template_quality_update', 'message_template_components_update',
    'template_category_update', 'phone_number_quality_update', 'phone_number_name_update', 'account_update', 'account_alerts', 'business_capability_update', 'user_preferences',
].join(', ');

type Props = {account: Account; verifyToken?: string};

/** What to enter at Meta. The verify token is never read back, so it is here only right after it was saved. */
export const Webhook = ({account, verifyToken}: Props) => {
    const t = useText();
    return (
        <div className='WhatsappAtivoAdmin__result'>
            <p>{t('whatsapp-ativo.admin.webhook.help')}</p>
            <CopyField
                label={t('whatsapp-ativo.admin.webhook.url')}
                value={account.webhook_url}
            />
            {verifyToken ? (
                <CopyField
                    label={t('whatsapp-ativo.admin.accounts.verify_token')}
                    hint={t('whatsapp-ativo.admin.webhook.copy_now')}
                    value={verifyToken}
                />
            ) : <p>{t('whatsapp-ativo.admin.webhook.token_hidden')}</p>}
            <p>{t('whatsapp-ativo.admin.webhook.fields', {fields})}</p>
        </div>
    );
};
