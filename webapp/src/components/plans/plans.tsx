import React, {useState} from 'react';
import {useShared} from 'src/components/administration/context';
import {SectionHead} from 'src/components/administration/section_head';
import {Button} from 'src/components/form/buttons';
import {useText} from 'src/i18n/use_text';

import {PlanCard} from './plan_card';
import {PlanForm} from './plan_form';

/** Plano: what each queue may spend in a month. */
export const Plans = () => {
    const t = useText();
    const {queues, plans, disabled, open} = useShared();
    const [editing, setEditing] = useState('');

    return (
        <>
            <SectionHead intro={t('whatsapp-ativo.admin.plans.intro')}/>
            {queues.length === 0 && (
                <div className='WhatsappAtivoAdmin__empty'>
                    <p>{t('whatsapp-ativo.admin.plans.needs_queue')}</p>
                    <Button
                        kind='primary'
                        onClick={() => open('queues')}
                    >
                        {t('whatsapp-ativo.admin.queues.add')}
                    </Button>
                </div>
            )}
            <ul className='WhatsappAtivoAdmin__cards'>
                {queues.map((queue) => {
                    const plan = plans.find((p) => p.queue_id === queue.id);
                    if (editing === queue.id) {
                        return (
                            <li key={queue.id}>
                                <PlanForm
                                    queue={queue}
                                    plan={plan}
                                    onClose={() => setEditing('')}
                                />
                            </li>
                        );
                    }
                    return (
                        <li key={queue.id}>
                            {plan ? (
                                <PlanCard
                                    queue={queue}
                                    plan={plan}
                                    onEdit={() => setEditing(queue.id)}
                                />
                            ) : (
                                <div className='WhatsappAtivoAdmin__card'>
                                    <h2>{queue.name}</h2>
                                    <p>{t('whatsapp-ativo.admin.plans.none')}</p>
                                    <Button
                                        kind='primary'
                                        disabled={disabled}
                                        label={`${t('whatsapp-ativo.admin.plans.draft_it')}: ${queue.name}`}
                                        onClick={() => setEditing(queue.id)}
                                    >
                                        {t('whatsapp-ativo.admin.plans.draft_it')}
                                    </Button>
                                </div>
                            )}
                        </li>
                    );
                })}
            </ul>
        </>
    );
};
