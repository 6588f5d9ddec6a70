import React from 'react';
import {Facts} from 'src/components/form/facts';
import {Tag} from 'src/components/form/tag';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {Probe} from 'src/rest/types';

/** What Meta says of a number, in Meta's words. */
export const ProbeResult = ({probe}: {probe: Probe}) => {
    const t = useText();
    const format = useFormat();
    const well = probe.subscribed && probe.problems.length === 0;

    return (
        <div className='WhatsappAtivoAdmin__result'>
            <Tag
                kind={well ? 'good' : 'warn'}
                text={t(well ? 'whatsapp-ativo.admin.probe.well' : 'whatsapp-ativo.admin.probe.look')}
            />
            {!probe.subscribed && <p>{t('whatsapp-ativo.admin.probe.not_subscribed')}</p>}
            <Facts
                facts={[
                    [t('whatsapp-ativo.admin.accounts.phone'), probe.display_phone],
                    [t('whatsapp-ativo.admin.probe.verified_name'), probe.verified_name],
                    [t('whatsapp-ativo.admin.accounts.quality'), probe.quality_rating],
                    [t('whatsapp-ativo.admin.status'), probe.status],
                    [t('whatsapp-ativo.admin.probe.expires'), format.time(probe.token_expires_at) || t('whatsapp-ativo.admin.never')],
                    [t('whatsapp-ativo.admin.probe.scopes'), probe.scopes.join(', ')],
                    [t('whatsapp-ativo.admin.probe.problems'), probe.problems.join('; ')],
                ]}
            />
        </div>
    );
};
