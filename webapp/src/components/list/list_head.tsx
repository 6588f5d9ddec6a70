import React, {useEffect, useState} from 'react';
import type {ReactNode} from 'react';
import {useSelector} from 'react-redux';
import {startConversation} from 'src/actions/start_conversation';
import type {QueueName} from 'src/api/types';
import {errorText} from 'src/components/shared/use_action';
import {useDebounced} from 'src/components/shared/use_debounced';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import type {Filter} from 'src/state/conversation_list';

import type {GlobalState} from '@mattermost/types/store';

import {ListTools} from './list_tools';
import styles from './panel.module.css';

type Props = {
    filter: Filter;
    queues: QueueName[];
    supervises: boolean;

    /** Why the list could not be read; undefined where it was. */
    failure: unknown;
    onFilter: (change: Partial<Filter>) => void;

    /** The tabs, which stand between the search and the failure. */
    children: ReactNode;
};

/** Above the rows: the search, whose conversations are listed, "Criar Atendimento", the tabs, and why there are no rows. */
export const ListHead = ({filter, queues, supervises, failure, onFilter, children}: Props) => {
    const t = useText();
    const services = useServices();
    const channel = useSelector(({entities}: GlobalState) => entities.channels.channels[entities.channels.currentChannelId]);
    const [typed, setTyped] = useState(filter.q);
    const q = useDebounced(typed.trim());

    useEffect(() => onFilter({q}), [onFilter, q]);

    return (
        <>
            <div className={styles.head}>
                <div className={styles.search}>
                    <input
                        type='search'
                        className='form-control'
                        aria-label={t('whatsapp-ativo.list.search')}
                        placeholder={t('whatsapp-ativo.list.search')}
                        maxLength={128}
                        value={typed}
                        onChange={(e) => setTyped(e.target.value)}
                    />
                    <select
                        className='form-control'
                        aria-label={t('whatsapp-ativo.list.scope')}
                        value={filter.scope}
                        onChange={(e) => onFilter({scope: e.target.value, attendant: ''})}
                    >
                        <option value='all'>{t('whatsapp-ativo.list.all')}</option>
                        <option value='mine'>{t('whatsapp-ativo.list.mine')}</option>
                        {queues.map((queue) => (
                            <option
                                key={queue.id}
                                value={queue.id}
                            >
                                {t('whatsapp-ativo.list.queue', {name: queue.name})}
                            </option>
                        ))}
                    </select>
                </div>
                <ListTools
                    filter={filter}
                    queues={queues}
                    supervises={supervises}
                    onFilter={onFilter}
                >
                    <button
                        type='button'
                        className='btn btn-primary btn-sm'
                        onClick={() => startConversation(services, channel)}
                    >
                        {t('whatsapp-ativo.start.action')}
                    </button>
                </ListTools>
            </div>
            {children}
            <div
                role='alert'
                className={styles.failure}
            >
                {failure ? errorText(failure, t) : ''}
            </div>
        </>
    );
};
