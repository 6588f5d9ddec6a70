import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {SectionHead} from 'src/components/administration/section_head';
import {Button} from 'src/components/form/buttons';
import {useText} from 'src/i18n/use_text';
import type {Account} from 'src/rest/types';

import {AccountCard} from './account_card';
import {AccountForm} from './account_form';

/** Números: the WhatsApp business numbers. */
export const Accounts = () => {
    const t = useText();
    const {accounts, disabled} = useShared();

    // The account in the form; 'new' for one that is not there yet.
    const [editing, setEditing] = useState('');

    // What to enter at Meta is shown by itself after a save; the verify token is known only then.
    const [saved, setSaved] = useState<{id: string; verifyToken: string}>();

    const finish = (account: Account, verifyToken: string) => {
        setEditing('');
        setSaved({id: account.id, verifyToken});
    };

    return (
        <>
            <SectionHead intro={t('whatsapp-ativo.admin.accounts.intro')}>
                {!disabled && editing !== 'new' && (
                    <Button
                        kind='primary'
                        onClick={() => setEditing('new')}
                    >
                        {t('whatsapp-ativo.admin.accounts.add')}
                    </Button>
                )}
            </SectionHead>
            {editing === 'new' && (
                <AccountForm
                    onSaved={finish}
                    onCancel={() => setEditing('')}
                />
            )}
            {accounts.length === 0 && editing !== 'new' && <p className='WhatsappAtivoAdmin__empty'>{t('whatsapp-ativo.admin.accounts.empty')}</p>}
            <ul className='WhatsappAtivoAdmin__cards'>
                {accounts.map((account) => (
                    <li key={account.id}>
                        {editing === account.id ? (
                            <AccountForm
                                account={account}
                                onSaved={finish}
                                onCancel={() => setEditing('')}
                            />
                        ) : (
                            <AccountCard
                                key={String(saved?.id === account.id)}
                                account={account}
                                verifyToken={saved?.id === account.id ? saved.verifyToken : undefined}
                                onEdit={() => setEditing(account.id)}
                            />
                        )}
                    </li>
                ))}
            </ul>
        </>
    );
};
