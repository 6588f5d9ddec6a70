import React, {useState} from 'react';
import type {Contact} from 'src/api/types';
import {ButtonRow, ConfirmButton} from 'src/components/shared/buttons';
import {ConsentFields} from 'src/components/shared/consent_fields';
import {consentText} from 'src/components/shared/consent_text';
import {Facts} from 'src/components/shared/facts';
import {Failure} from 'src/components/shared/failure';
import {SmallButton} from 'src/components/shared/small_button';
import {useAction} from 'src/components/shared/use_action';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

type Props = {contact: Contact; onChanged: () => void};

/** Whether the customer wants to be written to, and what records that they do or do not. The server keeps who recorded it. */
export const ConsentOf = ({contact, onChanged}: Props) => {
    const t = useText();
    const format = useFormat();
    const {api} = useServices();
    const {busy, failure, run} = useAction();
    const [said, setSaid] = useState<{origin: string; note: string}>();

    const record = (status: 'granted' | 'revoked') => run(async () => {
        await api.setConsent(contact.id, {status, ...said});
        setSaid(undefined);
        onChanged();
    });
    return (
        <>
            <Facts facts={[[t('whatsapp-ativo.consent.title'), consentText(contact.consent, t, format)]]}/>
            {said && (
                <ConsentFields
                    said={said}
                    onChange={(part) => setSaid({...said, ...part})}
                />
            )}
            <ButtonRow>
                <SmallButton
                    disabled={busy || said?.origin === ''}
                    onClick={() => (said ? record('granted') : setSaid({origin: '', note: ''}))}
                >
                    {t('whatsapp-ativo.consent.grant')}
                </SmallButton>
                {contact.consent.status !== 'revoked' && (
                    <ConfirmButton
                        disabled={busy}
                        question={t('whatsapp-ativo.consent.revoke_question')}
                        onConfirm={() => record('revoked')}
                    >
                        {t('whatsapp-ativo.consent.revoke')}
                    </ConfirmButton>
                )}
            </ButtonRow>
            <Failure text={failure}/>
        </>
    );
};
