import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {SectionHead} from 'src/components/administration/section_head';
import {Button} from 'src/components/form/buttons';
import {SelectField, TextField} from 'src/components/form/fields';
import {Failure} from 'src/components/form/form';
import {Pager} from 'src/components/form/pager';
import {useFresh} from 'src/components/form/use_fresh';
import {useLoad, usePause} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';

import {statuses} from './statuses';
import {Sync} from './sync';
import {TemplateCard} from './template_card';

const perPage = 20;

/** Modelos: the message templates as Meta holds them, with our approval and allow-list. */
export const Templates = () => {
    const t = useText();
    const {rest, accounts, open} = useShared();
    const [accountId, setAccountId] = useState(accounts[0]?.id ?? '');
    const [status, setStatus] = useState('');
    const [typed, setTyped] = useState('');
    const [page, setPage] = useState(0);
    const term = usePause(typed.trim());
    const {value, failure, reload} = useLoad(
        () => rest.templates({account_id: accountId, status, q: term, page, per_page: perPage}),
        [rest, accountId, status, term, page],
    );
    useFresh(reload);
    const choose = (set: (value: string) => void) => (chosen: string) => {
        set(chosen);
        setPage(0);
    };

    if (accounts.length === 0) {
        return (
            <>
                <SectionHead intro={t('whatsapp-ativo.admin.templates.intro')}/>
                <div className='WhatsappAtivoAdmin__empty'>
                    <p>{t('whatsapp-ativo.admin.templates.needs_account')}</p>
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
    const account = accounts.find((a) => a.id === accountId) ?? accounts[0]!;
    const filtered = Boolean(status || term);
    return (
        <>
            <SectionHead intro={t('whatsapp-ativo.admin.templates.intro')}>
                <Sync
                    key={account.id}
                    account={account}
                    onSynced={reload}
                />
            </SectionHead>
            <div className='WhatsappAtivoAdmin__grid WhatsappAtivoAdmin__grid--four'>
                <SelectField
                    label={t('whatsapp-ativo.admin.queues.account')}
                    value={accountId}
                    options={accounts.map((a) => ({value: a.id, text: `${a.name} ${a.display_phone}`}))}
                    onChange={choose(setAccountId)}
                />
                <TextField
                    type='search'
                    label={t('whatsapp-ativo.admin.templates.search')}
                    value={typed}
                    onChange={choose(setTyped)}
                />
                <SelectField
                    label={t('whatsapp-ativo.admin.templates.status')}
                    value={status}
                    options={[{value: '', text: t('whatsapp-ativo.admin.all')}, ...statuses.map((s) => ({value: s.name, text: t(s.text)}))]}
                    onChange={choose(setStatus)}
                />
            </div>
            <Failure text={failure}/>
            <p
                role='status'
                className='WhatsappAtivoAdmin__hint'
            >
                {value ? t('whatsapp-ativo.admin.templates.count', {count: value.total}) : t('whatsapp-ativo.admin.loading')}
            </p>
            {value?.total === 0 && (
                <p className='WhatsappAtivoAdmin__empty'>
                    {t(filtered ? 'whatsapp-ativo.admin.templates.none_found' : 'whatsapp-ativo.admin.templates.empty')}
                </p>
            )}
            <ul className='WhatsappAtivoAdmin__cards'>
                {value?.items.map((template) => (
                    <li key={template.id}>
                        <TemplateCard
                            template={template}
                            onChanged={reload}
                        />
                    </li>
                ))}
            </ul>
            {value && (
                <Pager
                    page={page}
                    perPage={perPage}
                    total={value.total}
                    onPage={setPage}
                />
            )}
        </>
    );
};
