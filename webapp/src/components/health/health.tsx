import React from 'react';
import {useShared} from 'src/components/administration/context';
import {SectionHead} from 'src/components/administration/section_head';
import {Button} from 'src/components/form/buttons';
import {Failure} from 'src/components/form/form';
import {Tag} from 'src/components/form/tag';
import {useFresh} from 'src/components/form/use_fresh';
import {useLoad, useTask} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';

import {DeadLetters} from './dead_letters';

/** How often the doctor looks by itself, milliseconds. It asks Meta about each number. */
const slowly = 60_000;

/** Saúde: what the doctor finds, each with what to do, and what could not be handled. */
export const Health = () => {
    const t = useText();
    const {rest} = useShared();
    const {value, failure, reload} = useLoad(() => rest.doctor(), [rest]);
    const {busy, run} = useTask();
    useFresh(reload, slowly);

    // What needs something done comes first.
    const findings = [...value?.items ?? []].sort((a, b) => Number(a.ok) - Number(b.ok));
    const wrong = findings.filter((f) => !f.ok).length;

    return (
        <>
            <SectionHead intro={t('whatsapp-ativo.admin.health.intro')}>
                <Button
                    kind='primary'
                    disabled={busy || !value}
                    onClick={() => run(reload)}
                >
                    {t(busy ? 'whatsapp-ativo.admin.working' : 'whatsapp-ativo.admin.health.again')}
                </Button>
            </SectionHead>
            <Failure text={failure}/>
            <p role='status'>
                {value && t('whatsapp-ativo.admin.health.sum', {wrong})}
                {!value && !failure && t('whatsapp-ativo.admin.health.looking')}
            </p>
            <ul className='WhatsappAtivoAdmin__findings'>
                {findings.map((finding) => (
                    <li key={finding.id}>
                        <Tag
                            kind={finding.ok ? 'good' : 'bad'}
                            text={t(finding.ok ? 'whatsapp-ativo.admin.health.ok' : 'whatsapp-ativo.admin.health.wrong')}
                        />
                        <div>
                            <div>{finding.text}</div>
                            {finding.fix && <div className='WhatsappAtivoAdmin__hint'>{finding.fix}</div>}
                        </div>
                    </li>
                ))}
            </ul>
            <DeadLetters onReplayed={reload}/>
        </>
    );
};
