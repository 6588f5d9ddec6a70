import React, {useEffect, useRef} from 'react';
import {openChannel} from 'src/actions/open_channel';
import type {Conversation} from 'src/api/types';
import {ScheduledList} from 'src/components/scheduled/scheduled_list';
import {countdownEnd, countdownText, customerName, maskPhone} from 'src/components/shared/conversation_text';
import {Facts} from 'src/components/shared/facts';
import {Failure} from 'src/components/shared/failure';
import {SmallButton} from 'src/components/shared/small_button';
import {StateBadge, TemplateName} from 'src/components/shared/state_badge';
import {useLoad} from 'src/components/shared/use_load';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import {useNow} from 'src/state/clock';
import type {PluginStore} from 'src/types/mattermost_webapp';

import {ConsentOf} from './consent';
import styles from './customer.module.css';
import {Lookalikes} from './lookalikes';
import {PersonalData} from './personal_data';

/** The customer of a conversation: who they are, who attends to them, and their other conversations. */
export const Customer = ({id, onBack}: {id: string; onBack: () => void}) => {
    const t = useText();
    const services = useServices();
    const {api, changeFeed, reduxStore} = services;
    const {value, failure, reload} = useLoad(async () => {
        const conversation = await api.conversation(id);
        const person = {contact_id: conversation.contact.id, per_page: 50};
        const [all, overview, scheduled] = await Promise.all([api.conversations(person), api.overview(), api.scheduled(person)]);
        return {
            conversation: {...conversation, template: all.items.find((c) => c.id === id)?.template},
            others: all.items.filter((c) => c.id !== id),
            scheduled: scheduled.items,
            queue: overview.queues.find((q) => q.id === conversation.queue_id)?.name ?? '',
        };
    }, [api, id]);
    const back = useRef<HTMLButtonElement>(null);

    useEffect(() => back.current?.focus(), []);
    useEffect(() => changeFeed.subscribe((changed) => {
        if (changed === id || changed === '') {
            reload();
        }
    }), [changeFeed, id, reload]);

    return (
        <section
            className={styles.root}
            aria-label={t('whatsapp-ativo.customer.title')}
        >
            <SmallButton
                buttonRef={back}
                onClick={onBack}
            >
                {t('whatsapp-ativo.customer.back')}
            </SmallButton>
            <Failure text={failure}/>
            {!value && !failure && <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>}
            {value && (
                <>
                    <Details
                        conversation={value.conversation}
                        queue={value.queue}
                        onChanged={reload}
                    />
                    {isAdmin(reduxStore) && (
                        <Lookalikes
                            contactId={value.conversation.contact.id}
                            onMerged={reload}
                        />
                    )}
                    {value.scheduled.length > 0 && <h3>{t('whatsapp-ativo.scheduled.title')}</h3>}
                    <ScheduledList
                        items={value.scheduled}
                        onChanged={reload}
                    />
                    <h3>{t('whatsapp-ativo.customer.earlier')}</h3>
                    {value.others.length === 0 && <p>{t('whatsapp-ativo.customer.none_earlier')}</p>}
                    <ul>
                        {value.others.map((other) => (
                            <li key={other.id}>
                                <OtherConversation
                                    conversation={other}
                                    onOpen={() => openChannel(services, other)}
                                />
                            </li>
                        ))}
                    </ul>
                </>
            )}
        </section>
    );
};

/** Whether the reader is a system admin; the server decides what that allows. */
function isAdmin(reduxStore: PluginStore) {
    const {profiles, currentUserId} = reduxStore.getState().entities.users;
    return profiles[currentUserId]?.roles.includes('system_admin') ?? false;
}

const Details = ({conversation, queue, onChanged}: {conversation: Conversation; queue: string; onChanged: () => void}) => {
    const t = useText();
    const format = useFormat();
    const {api, clock} = useServices();
    const now = useNow(clock);
    const {contact, owner_username: owner, attendant_username: attendant} = conversation;
    const end = countdownEnd(conversation, now);
    return (
        <>
            <h2>{customerName(conversation, t)}</h2>
            <p>
                <StateBadge state={conversation.state}/>
                {end !== null && <span className={styles.clock}>{countdownText(conversation, end - now, t)}</span>}
            </p>
            <PersonalData
                masked={{phone: maskPhone(contact.phone), cpf: contact.cpf_masked}}
                reveal={() => api.reveal(contact.id)}
            />
            <ConsentOf
                contact={contact}
                onChanged={onChanged}
            />
            <Facts
                facts={[
                    [t('whatsapp-ativo.customer.owner'), owner && `@${owner}`],
                    [t('whatsapp-ativo.customer.attendant'), attendant ? `@${attendant}` : t('whatsapp-ativo.list.unclaimed')],
                    [t('whatsapp-ativo.customer.queue'), queue],
                    [t('whatsapp-ativo.customer.template'), conversation.template],
                    [t('whatsapp-ativo.customer.next_template'), conversation.next_template?.allowed ? t('whatsapp-ativo.customer.next_template_now') : conversation.next_template?.message],
                    [t('whatsapp-ativo.customer.since'), format.time(conversation.created_at)],
                    [t('whatsapp-ativo.customer.closed_at'), format.time(conversation.closed_at)],
                    [t('whatsapp-ativo.customer.close_reason'), conversation.closing?.label || conversation.close_reason],
                    ...(conversation.closing?.answers ?? []).map(({label, value}): [string, string] => [label, value]),
                    [t('whatsapp-ativo.close.note'), conversation.closing?.label ? conversation.close_reason : ''],
                ]}
            />
        </>
    );
};

const OtherConversation = ({conversation, onOpen}: {conversation: Conversation; onOpen: () => void}) => {
    const format = useFormat();
    return (
        <button
            type='button'
            className={styles.earlier}
            onClick={onOpen}
        >
            <span>{format.time(conversation.created_at)}</span>
            <StateBadge state={conversation.state}/>
            <TemplateName name={conversation.template}/>
        </button>
    );
};
