import React from 'react';
import {NeededFirst, NothingHere} from 'src/components/console/nothing_here';
import {ResourceList} from 'src/components/console/resource_list';
import {SectionHead} from 'src/components/console/section_head';
import {useConsole} from 'src/components/console/use_console';
import {useText} from 'src/i18n/use_text';

import {QueueCard} from './queue_card';
import {QueueForm} from './queue_form';

/** Filas: the channels whose members attend to customers together. */
export const Queues = () => {
    const t = useText();
    const {accounts, queues} = useConsole();

    if (accounts.length === 0) {
        return (
            <>
                <SectionHead intro={t('whatsapp-ativo.admin.queues.intro')}/>
                <NeededFirst
                    text='whatsapp-ativo.admin.queues.needs_account'
                    button='whatsapp-ativo.admin.accounts.add'
                    section='accounts'
                />
            </>
        );
    }
    return (
        <ResourceList
            intro={t('whatsapp-ativo.admin.queues.intro')}
            add={t('whatsapp-ativo.admin.queues.add')}
            empty={<NothingHere text={t('whatsapp-ativo.admin.queues.empty')}/>}
            items={queues}
            form={(queue, close) => (
                <QueueForm
                    queue={queue}
                    onClose={close}
                />
            )}
            card={(queue, edit) => (
                <QueueCard
                    queue={queue}
                    onEdit={edit}
                />
            )}
        />
    );
};
