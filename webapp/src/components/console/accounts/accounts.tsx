import React, {useState} from 'react';
import {NothingHere} from 'src/components/console/nothing_here';
import {ResourceList} from 'src/components/console/resource_list';
import {useConsole} from 'src/components/console/use_console';
import {useText} from 'src/i18n/use_text';

import {AccountCard} from './account_card';
import {AccountForm} from './account_form';

/** Números: the WhatsApp business numbers. */
export const Accounts = () => {
    const t = useText();
    const {accounts} = useConsole();

    // After a save, what has to be entered at Meta is shown without a click. The verify token is known only then: nobody can read it back.
    const [saved, setSaved] = useState<{id: string; verifyToken: string}>();

    return (
        <ResourceList
            intro={t('whatsapp-ativo.admin.accounts.intro')}
            add={t('whatsapp-ativo.admin.accounts.add')}
            empty={<NothingHere text={t('whatsapp-ativo.admin.accounts.empty')}/>}
            items={accounts}
            form={(account, close) => (
                <AccountForm
                    account={account}
                    onCancel={close}
                    onSaved={({id}, verifyToken) => {
                        close();
                        setSaved({id, verifyToken});
                    }}
                />
            )}
            card={(account, edit) => (
                <AccountCard
                    key={String(saved?.id === account.id)}
                    account={account}
                    verifyToken={saved?.id === account.id ? saved.verifyToken : undefined}
                    onEdit={edit}
                />
            )}
        />
    );
};
