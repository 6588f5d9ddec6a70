import React from 'react';
import type {Probe} from 'src/api/types';
import {CardDetails} from 'src/components/console/resource_card';
import {Facts} from 'src/components/shared/facts';
import {Tag} from 'src/components/shared/tag';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import {metaWords} from './meta_words';

/** What Meta says about a number. */
export const ProbeResult = ({probe}: {probe: Probe}) => {
    const t = useText();
    const format = useFormat();
    const words = metaWords(t);
    const good = probe.subscribed && probe.problems.length === 0;

    return (
        <CardDetails>
            <Tag
                kind={good ? 'good' : 'warn'}
                text={t(good ? 'whatsapp-ativo.admin.probe.well' : 'whatsapp-ativo.admin.probe.look')}
            />
            {!probe.subscribed && <p>{t('whatsapp-ativo.admin.probe.not_subscribed')}</p>}
            <Facts
                facts={[
                    [t('whatsapp-ativo.admin.accounts.phone'), probe.display_phone],
                    [t('whatsapp-ativo.admin.probe.verified_name'), probe.verified_name],
                    [t('whatsapp-ativo.admin.accounts.quality'), words.quality(probe.quality_rating)],
                    [t('whatsapp-ativo.admin.status'), words.state(probe.status)],
                    [t('whatsapp-ativo.admin.probe.expires'), format.time(probe.token_expires_at) || t('whatsapp-ativo.admin.never')],
                    [t('whatsapp-ativo.admin.probe.scopes'), probe.scopes.join(', ')],
                    [t('whatsapp-ativo.admin.probe.problems'), probe.problems.join('; ')],
                ]}
            />
        </CardDetails>
    );
};
