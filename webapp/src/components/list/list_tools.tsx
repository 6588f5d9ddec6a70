import React from 'react';
import type {ReactNode} from 'react';
import {useIntl} from 'react-intl';
import type {QueueName} from 'src/api/types';
import {saveFile} from 'src/components/shared/files';
import {useLoad} from 'src/components/shared/use_load';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import type {Text} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import {listParams} from 'src/state/conversation_list';
import type {Filter} from 'src/state/conversation_list';
import {listLink} from 'src/state/list_link';

import styles from './panel.module.css';

type Props = {filter: Filter; queues: QueueName[]; supervises: boolean; onFilter: (change: Partial<Filter>) => void; children: ReactNode};

/** Minutes for which a customer has waited at least; '0' = at all. */
const waits = ['', '0', '15', '60', '360', '1440'] as const;

/** What else narrows the list down, what is behind the list, a link that opens it like this, and all of it as a file. */
export const ListTools = ({filter, queues, supervises, onFilter, children}: Props) => {
    const t = useText();
    const {locale} = useIntl();
    const {api, pane, tryAction} = useServices();
    const queue = queues.find((q) => q.id === filter.scope);

    // Whoever serves in a queue is a member of its channel, but for those who were invited.
    const members = useLoad(async () => (queue ? api.channelMembers(queue.channel_id) : []), [api, queue?.channel_id]).value ?? [];
    const people = members.filter((m) => !m.is_bot).map(({id, username}) => ({id, name: `@${username}`}));
    const download = () => tryAction(async () => saveFile(await api.conversationsFile(listParams(filter), locale), 'atendimentos.csv'), 'whatsapp-ativo.list.csv_failed');

    const behind = (name: 'scheduled' | 'replies' | 'results', text: MessageKey) => (
        <button
            type='button'
            onClick={() => pane.set({conversationId: '', [name]: true})}
        >
            {t(text)}
        </button>
    );

    return (
        <div className={styles.tools}>
            <select
                className='form-control'
                aria-label={t('whatsapp-ativo.list.waits')}
                value={filter.waits ?? ''}
                onChange={(e) => onFilter({waits: e.target.value})}
            >
                {waits.map((minutes) => (
                    <option
                        key={minutes}
                        value={minutes}
                    >
                        {waitText(Number(minutes), t, minutes === '')}
                    </option>
                ))}
            </select>
            {(queue || filter.attendant) && (
                <select
                    className='form-control'
                    aria-label={t('whatsapp-ativo.list.served_by')}
                    value={filter.attendant ?? ''}
                    onChange={(e) => onFilter({attendant: e.target.value})}
                >
                    <option value=''>{t('whatsapp-ativo.list.anybody')}</option>
                    {people.map((one) => (
                        <option
                            key={one.id}
                            value={one.id}
                        >
                            {one.name}
                        </option>
                    ))}
                    {filter.attendant && !people.some((one) => one.id === filter.attendant) && <option value={filter.attendant}>{t('whatsapp-ativo.list.somebody')}</option>}
                </select>
            )}
            {children}
            <div className={styles.links}>
                {behind('scheduled', 'whatsapp-ativo.scheduled.title')}
                {behind('replies', 'whatsapp-ativo.reply.all')}
                {supervises && behind('results', 'whatsapp-ativo.results.tab')}
                <a
                    aria-label={t('whatsapp-ativo.list.link')}
                    href={listLink(filter)}
                >
                    {t('whatsapp-ativo.list.link_word')}
                </a>
                <button
                    type='button'
                    aria-label={t('whatsapp-ativo.list.csv')}
                    onClick={download}
                >
                    {t('whatsapp-ativo.list.csv_word')}
                </button>
            </div>
        </div>
    );
};

function waitText(minutes: number, t: Text, any: boolean) {
    if (any) {
        return t('whatsapp-ativo.list.waits_any');
    }
    if (minutes === 0) {
        return t('whatsapp-ativo.list.waits_at_all');
    }
    return minutes < 60 ? t('whatsapp-ativo.list.waits_minutes', {n: minutes}) : t('whatsapp-ativo.list.waits_hours', {n: minutes / 60});
}
