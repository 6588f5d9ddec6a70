import React from 'react';
import type {Queue} from 'src/api/types';
import {NeededFirst} from 'src/components/console/nothing_here';
import {ResourceList} from 'src/components/console/resource_list';
import {useConsole} from 'src/components/console/use_console';
import {useText} from 'src/i18n/use_text';

import {MissingPlanCard, PlanCard} from './plan_card';
import {PlanForm} from './plan_form';

/** Plano: what each queue may spend in a month. A queue has one plan or none, so that the list is one of queues. */
export const Plans = () => {
    const t = useText();
    const {queues, plans} = useConsole();
    const planOf = (queue: Queue) => plans.find((p) => p.queue_id === queue.id);

    return (
        <ResourceList
            intro={t('whatsapp-ativo.admin.plans.intro')}
            empty={(
                <NeededFirst
                    text='whatsapp-ativo.admin.plans.needs_queue'
                    button='whatsapp-ativo.admin.queues.add'
                    section='queues'
                />
            )}
            items={queues}
            form={(queue, close) => queue && (
                <PlanForm
                    queue={queue}
                    plan={planOf(queue)}
                    onClose={close}
                />
            )}
            card={(queue, edit) => {
                const plan = planOf(queue);
                return plan ? (
                    <PlanCard
                        queue={queue}
                        plan={plan}
                        onEdit={edit}
                    />
                ) : (
                    <MissingPlanCard
                        queue={queue}
                        onEdit={edit}
                    />
                );
            }}
        />
    );
};
