import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {SectionHead} from 'src/components/administration/section_head';
import {Button} from 'src/components/form/buttons';
import {useText} from 'src/i18n/use_text';

import {QueueCard} from './queue_card';
import {QueueForm} from './queue_form';

/** Filas: the channels that stand for teams of agents. */
export const Queues = () => {
    const t = useText();
    const {accounts, queues, disabled, open} = useShared();

    // The queue in the form; 'new' for one that is not there yet.
    const [editing, setEditing] = useState('');
    const close = () => setEditing('');

    if (accounts.length === 0) {
        return (
            <>
                <SectionHead intro={t('whatsapp-ativo.admin.queues.intro')}/>
                <div className='WhatsappAtivoAdmin__empty'>
                    <p>{t('whatsapp-ativo.admin.queues.needs_account')}</p>
                    <Button
                        kind='primary'
                        onClick={() => open('accounts')}
                    >
                        {t('whatsapp-ativo.admin.accounts.add')}
                    </Button>
                </div>
            </>
        );
    }
    return (
        <>
            <SectionHead intro={t('whatsapp-ativo.admin.queues.intro')}>
                {!disabled && editing !== 'new' && (
                    <Button
                        kind='primary'
                        onClick={() => setEditing('new')}
                    >
                        {t('whatsapp-ativo.admin.queues.add')}
                    </Button>
                )}
            </SectionHead>
            {editing === 'new' && <QueueForm onClose={close}/>}
            {queues.length === 0 && editing !== 'new' && <p className='WhatsappAtivoAdmin__empty'>{t('whatsapp-ativo.admin.queues.empty')}</p>}
            <ul className='WhatsappAtivoAdmin__cards'>
                {queues.map((queue) => (
                    <li key={queue.id}>
                        {editing === queue.id ? (
                            <QueueForm
                                queue={queue}
                                onClose={close}
                            />
                        ) : (
                            <QueueCard
                                queue={queue}
                                onEdit={() => setEditing(queue.id)}
                            />
                        )}
                    </li>
                ))}
            </ul>
        </>
    );
};
