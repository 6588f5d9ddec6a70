import React, {useState} from 'react';
import {NeededFirst} from 'src/components/console/nothing_here';
import {PagedList, perPage} from 'src/components/console/paged_list';
import {SectionHead} from 'src/components/console/section_head';
import {useConsole} from 'src/components/console/use_console';
import {Button} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import {SelectField, TextField} from 'src/components/shared/fields';
import styles from 'src/components/shared/form.module.css';
import {useDebounced} from 'src/components/shared/use_debounced';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import {useText} from 'src/i18n/use_text';
import {emptyDraft} from 'src/whatsapp/draft';

import {TemplateEditor} from './editor/template_editor';
import {statuses} from './statuses';
import {Sync} from './sync';
import {TemplateCard} from './template_card';

/** Modelos: the message templates that Meta has, with the approval and the queues of the plugin. */
export const Templates = () => {
    const t = useText();
    const {adminApi, accounts, readOnly} = useConsole();
    const [accountId, setAccountId] = useState(accounts[0]?.id ?? '');
    const [status, setStatus] = useState('');
    const [typed, setTyped] = useState('');
    const [page, setPage] = useState(0);
    const [writing, setWriting] = useState(false);
    const term = useDebounced(typed.trim());
    const {value, failure, reload} = useLoad(
        () => adminApi.templates({account_id: accountId, status, q: term, page, per_page: perPage}),
        [adminApi, accountId, status, term, page],
    );
    useRefresh(reload);
    const choose = (set: (value: string) => void) => (chosen: string) => {
        set(chosen);
        setPage(0);
    };

    if (accounts.length === 0) {
        return (
            <>
                <SectionHead intro={t('whatsapp-ativo.admin.templates.intro')}/>
                <NeededFirst
                    text='whatsapp-ativo.admin.templates.needs_account'
                    button='whatsapp-ativo.admin.accounts.add'
                    section='accounts'
                />
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
            {writing ? (
                <TemplateEditor
                    accountId={account.id}
                    draft={emptyDraft}
                    onClose={() => setWriting(false)}
                    onSubmitted={async () => {
                        setWriting(false);
                        await reload();
                    }}
                />
            ) : !readOnly && (
                <div>
                    <Button onClick={() => setWriting(true)}>{t('whatsapp-ativo.admin.editor.new')}</Button>
                </div>
            )}
            <div className={styles.narrowGrid}>
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
                className={styles.hint}
            >
                {value ? t('whatsapp-ativo.admin.templates.count', {count: value.total}) : t('whatsapp-ativo.admin.loading')}
            </p>
            <PagedList
                list={value}
                empty={t(filtered ? 'whatsapp-ativo.admin.templates.none_found' : 'whatsapp-ativo.admin.templates.empty')}
                page={page}
                onPage={setPage}
            >
                {(template) => (
                    <TemplateCard
                        template={template}
                        onChanged={reload}
                    />
                )}
            </PagedList>
        </>
    );
};
