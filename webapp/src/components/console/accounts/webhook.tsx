import React from 'react';
import type {Account} from 'src/api/types';
import {CardDetails} from 'src/components/console/resource_card';
import {CopyField} from 'src/components/shared/copy_field';
import {useText} from 'src/i18n/use_text';

/** The fields of Meta's webhook that the plugin handles. */
const fields = [
    'messages', 'message_template_status_update', 'message_template_quality_update', 'message_template_components_update',
    'template_category_update', 'phone_number_quality_update', 'phone_number_name_update', 'account_update', 'account_alerts', 'business_capability_update', 'user_preferences',
].join(', ');

type Props = {account: Account; verifyToken?: string};

/** What has to be entered at Meta. The verify token can be shown only right after it was saved, because nobody can read it back. */
export const Webhook = ({account, verifyToken}: Props) => {
    const t = useText();
    return (
        <CardDetails>
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
        </CardDetails>
    );
};
