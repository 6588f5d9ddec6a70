import React, {useState} from 'react';
import type {Revealed} from 'src/api/types';
import {Facts} from 'src/components/shared/facts';
import {Failure} from 'src/components/shared/failure';
import {SmallButton} from 'src/components/shared/small_button';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';

import styles from './customer.module.css';

type Props = {masked: {phone: string; cpf: string}; reveal: () => Promise<Revealed>};

/** The customer's phone number and document, masked until the reader asks for them. The server records who did. */
export const PersonalData = ({masked, reveal}: Props) => {
    const t = useText();
    const {busy, failure, run} = useAction();
    const [revealed, setRevealed] = useState<Revealed | null>(null);
    return (
        <>
            <Facts
                facts={[
                    [t('whatsapp-ativo.customer.phone'), revealed ? revealed.phone : masked.phone],
                    [t('whatsapp-ativo.customer.cpf'), revealed ? formatDocument(revealed.cpf) : masked.cpf],
                ]}
            />
            <div className={styles.reveal}>
                <SmallButton
                    disabled={busy}
                    aria-describedby='whatsapp-ativo-reveal'
                    onClick={() => (revealed ? setRevealed(null) : run(async () => setRevealed(await reveal())))}
                >
                    {t(revealed ? 'whatsapp-ativo.customer.cover' : 'whatsapp-ativo.customer.reveal')}
                </SmallButton>
                <span id='whatsapp-ativo-reveal'>{t('whatsapp-ativo.customer.reveal_hint')}</span>
            </div>
            <Failure text={failure}/>
        </>
    );
};

/** A CPF or a CNPJ with its punctuation. */
export function formatDocument(document: string): string {
    if (document.length === 11) {
        return document.replace(/^(.{3})(.{3})(.{3})(.{2})$/, '$1.$2.$3-$4');
    }
    return document.replace(/^(.{2})(.{3})(.{3})(.{4})(.{2})$/, '$1.$2.$3/$4-$5');
}
