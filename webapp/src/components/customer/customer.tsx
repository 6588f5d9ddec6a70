import React, {useEffect, useRef} from 'react';
import {openChannel} from 'src/actions/open_channel';
import {stateNames} from 'src/components/conversations/states';
import {countsTo, customerName, maskPhone, span} from 'src/components/conversations/time';
import {Facts} from 'src/components/form/facts';
import {Failure} from 'src/components/form/form';
import {useLoad} from 'src/components/form/use_task';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import {useNow} from 'src/live/clock';
import {useParts} from 'src/parts';
import type {Conversation} from 'src/rest/agent';

import {Secret} from './secret';

/** Who the customer of a conversation is, who serves, and what was before. */
export const Customer = ({id, onBack}: {id: string; onBack: () => void}) => {
    const t = useText();
    const {rest, feed, store} = useParts();
    const {value, failure, reload} = useLoad(async () => {
        const conversation = await rest.conversation(id);
        const [all, overview] = await Promise.all([rest.conversations({contact_id: conversation.contact.id, per_page: 50}), rest.overview()]);
        return {
            conversation: {...conversation, template: all.items.find((c) => c.id === id)?.template},
            others: all.items.filter((c) => c.id !== id),
            queue: overview.queues.find((q) => q.id === conversation.queue_id)?.name ?? '',
        };
    }, [rest, id]);
    const back = useRef<HTMLButtonElement>(null);

    useEffect(() => back.current?.focus(), []);
    useEffect(() => feed.listen((changed) => {
        if (changed === id || changed === '') {
            reload();
        }
    }), [feed, id, reload]);

    return (
        <section
            className='WhatsappAtivoCustomer'
            aria-label={t('whatsapp-ativo.customer.title')}
        >
            <button
                ref={back}
                type='button'
                className='WhatsappAtivoButton'
                onClick={onBack}
            >
                {t('whatsapp-ativo.customer.back')}
            </button>
            <Failure text={failure}/>
            {!value && !failure && <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>}
            {value && (
                <>
                    <Details
                        conversation={value.conversation}
                        queue={value.queue}
                    />
                    <h3>{t('whatsapp-ativo.customer.earlier')}</h3>
                    {value.others.length === 0 && <p>{t('whatsapp-ativo.customer.none_earlier')}</p>}
                    <ul>
                        {value.others.map((other) => (
                            <li key={other.id}>
                                <Earlier
                                    conversation={other}
                                    onOpen={() => openChannel(store.getState(), other)}
                                />
                            </li>
                        ))}
                    </ul>
                </>
            )}
        </section>
    );
};

const Details = ({conversation, queue}: {conversation: Conversation; queue: string}) => {
    const t = useText();
    const format = useFormat();
    const {rest, clock} = useParts();
    const now = useNow(clock);
    const {contact, owner_username: owner, attendant_username: attendant} = conversation;
    const until = countsTo(conversation, now);
    return (
        <>
            <h2>{customerName(conversation, t)}</h2>
            <p>
                <span className={`WhatsappAtivoState WhatsappAtivoState--${conversation.state}`}>{t(stateNames[conversation.state])}</span>
                {until !== null && <span className='WhatsappAtivoCustomer__clock'>{conversation.state === 'open' ? span(until - now, t) : t('whatsapp-ativo.list.template_in', {time: span(until - now, t)})}</span>}
            </p>
            <Secret
                masked={{phone: maskPhone(contact.phone), cpf: contact.cpf_masked}}
                reveal={() => rest.reveal(contact.id)}
            />
            <Facts
                facts={[
                    [t('whatsapp-ativo.customer.owner'), owner && `@${owner}`],
                    [t('whatsapp-ativo.customer.attendant'), attendant ? `@${attendant}` : t('whatsapp-ativo.list.unclaimed')],
                    [t('whatsapp-ativo.customer.queue'), queue],
                    [t('whatsapp-ativo.customer.template'), conversation.template],
                    [t('whatsapp-ativo.customer.since'), format.time(conversation.created_at)],
                    [t('whatsapp-ativo.customer.closed_at'), format.time(conversation.closed_at)],
                    [t('whatsapp-ativo.customer.close_reason'), conversation.close_reason],
                ]}
            />
        </>
    );
};

const Earlier = ({conversation, onOpen}: {conversation: Conversation; onOpen: () => void}) => {
    const t = useText();
    const format = useFormat();
    return (
        <button
            type='button'
            className='WhatsappAtivoCustomer__earlier'
            onClick={onOpen}
        >
            <span>{format.time(conversation.created_at)}</span>
            <span className={`WhatsappAtivoState WhatsappAtivoState--${conversation.state}`}>{t(stateNames[conversation.state])}</span>
            <span className='WhatsappAtivoRow__template'>{conversation.template}</span>
        </button>
    );
};
