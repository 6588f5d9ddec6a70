import React, {useState} from 'react';
import {Facts} from 'src/components/form/facts';
import {Failure} from 'src/components/form/form';
import {useTask} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';
import type {Revealed} from 'src/rest/agent';

/** Number and document, covered until somebody asks; the server writes down who did. */
export const Secret = ({masked, reveal}: {masked: {phone: string; cpf: string}; reveal: () => Promise<Revealed>}) => {
    const t = useText();
    const task = useTask();
    const [shown, setShown] = useState<Revealed | null>(null);
    return (
        <>
            <Facts
                facts={[
                    [t('whatsapp-ativo.customer.phone'), shown ? shown.phone : masked.phone],
                    [t('whatsapp-ativo.customer.cpf'), shown ? formatDocument(shown.cpf) : masked.cpf],
                ]}
            />
            <div className='WhatsappAtivoCustomer__reveal'>
                <button
                    type='button'
                    className='WhatsappAtivoButton'
                    disabled={task.busy}
                    aria-describedby='whatsapp-ativo-reveal'
                    onClick={() => (shown ? setShown(null) : task.run(async () => setShown(await reveal())))}
                >
                    {t(shown ? 'whatsapp-ativo.customer.cover' : 'whatsapp-ativo.customer.reveal')}
                </button>
                <span id='whatsapp-ativo-reveal'>{t('whatsapp-ativo.customer.reveal_hint')}</span>
            </div>
            <Failure text={task.failure}/>
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
