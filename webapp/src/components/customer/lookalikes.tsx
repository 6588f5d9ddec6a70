import React from 'react';
import type {Lookalike} from 'src/api/types';
import {ButtonRow, ConfirmButton} from 'src/components/shared/buttons';
import {maskPhone} from 'src/components/shared/conversation_text';
import {Failure} from 'src/components/shared/failure';
import {useAction} from 'src/components/shared/use_action';
import {useLoad} from 'src/components/shared/use_load';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

const reasons: Record<Lookalike['because'][number], MessageKey> = {
    document: 'whatsapp-ativo.customer.same_document',
    number: 'whatsapp-ativo.customer.same_number',
    name: 'whatsapp-ativo.customer.same_name',
};

/** For system admins: who may be the same person as the customer, to be made one with them. Nothing where nobody is. */
export const Lookalikes = ({contactId, onMerged}: {contactId: string; onMerged: () => void}) => {
    const t = useText();
    const {api} = useServices();
    const {value, reload} = useLoad(() => api.lookalikes(contactId), [api, contactId]);
    const {busy, failure, run} = useAction();
    if (!value?.items.length) {
        return null;
    }
    return (
        <>
            <h3>{t('whatsapp-ativo.customer.alike')}</h3>
            {value.items.map((one) => (
                <ButtonRow key={one.id}>
                    <span>{[one.name, maskPhone(one.phone), ...one.because.map((why) => t(reasons[why]))].filter(Boolean).join(' · ')}</span>
                    <ConfirmButton
                        disabled={busy}
                        of={one.name}
                        question={t('whatsapp-ativo.customer.merge_question')}
                        onConfirm={() => run(async () => {
                            await api.merge(contactId, one.id);
                            await reload();
                            onMerged();
                        })}
                    >
                        {t('whatsapp-ativo.customer.merge')}
                    </ConfirmButton>
                </ButtonRow>
            ))}
            <Failure text={failure}/>
        </>
    );
};
