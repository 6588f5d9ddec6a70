import React, {useCallback, useEffect, useId, useMemo} from 'react';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import {useNow} from 'src/state/clock';
import {ConversationList, rowAt} from 'src/state/conversation_list';
import type {Filter} from 'src/state/conversation_list';
import {useStore} from 'src/state/store';
import type {Store} from 'src/state/store';

import {Empty} from './empty';
import {ListHead} from './list_head';
import styles from './panel.module.css';
import {Row, RowPlaceholder} from './row';
import {StateTabs} from './state_tabs';
import {useRowActions} from './use_row_actions';
import {VirtualList} from './virtual_list';

const rowHeight = 76;

/** All conversations that the reader may see. */
export const ListView = ({filter: filterStore}: {filter: Store<Filter>}) => {
    const t = useText();
    const id = useId();
    const {api, clock, changeFeed} = useServices();
    const list = useMemo(() => new ConversationList(api, clock), [api, clock]);
    const state = useStore(list.state);
    const filter = useStore(filterStore);
    const {tab, scope, q, attendant = '', waits = ''} = filter;
    const now = useNow(clock);
    const change = useCallback((part: Partial<Filter>) => filterStore.set({...filterStore.get(), ...part}), [filterStore]);

    useEffect(() => list.setFilter(filter), [list, filter]);

    useEffect(() => {
        list.open(changeFeed);
        return () => list.close();
    }, [list, changeFeed]);

    const onShow = useCallback((first: number, last: number) => list.show(first, last), [list]);

    // A window that ends moves its conversation to another tab, and no event says so.
    const ended = (tab === 'open' || tab === 'serving') && [...state.pages.values()].some((rows) => rows.some((c) => (c.window_until ?? Infinity) < now));
    useEffect(() => {
        if (ended) {
            list.requestRefresh();
        }
    }, [ended, list, now]);

    const {open, claim} = useRowActions(list);
    return (
        <section
            className={styles.root}
            aria-label={t('whatsapp-ativo.list.title')}
        >
            <ListHead
                filter={filter}
                queues={state.overview?.queues ?? []}
                supervises={state.overview?.supervises ?? false}
                failure={state.failure}
                onFilter={change}
            >
                <StateTabs
                    id={id}
                    tab={tab}
                    overview={waits ? undefined : state.overview} // the counts know nothing of waits
                    serving={waits ? undefined : state.serving}
                    onTab={(chosen) => change({tab: chosen})}
                />
            </ListHead>
            <div
                id={`${id}-panel`}
                className={styles.rows}
                role='tabpanel'
                aria-labelledby={`${id}-${tab}`}
                aria-busy={state.total === undefined}
                tabIndex={state.total ? undefined : 0}
            >
                {state.total === 0 && (
                    <Empty
                        tab={tab}
                        q={q}
                    />
                )}
                {Boolean(state.total) && (
                    <VirtualList
                        key={`${tab} ${scope} ${attendant} ${waits} ${q}`}
                        count={state.total!}
                        rowHeight={rowHeight}
                        label={t('whatsapp-ativo.list.title')}
                        onShow={onShow}
                    >
                        {(index, tabIndex) => {
                            const conversation = rowAt(state, index);
                            return conversation ? {
                                id: conversation.id,
                                node: (
                                    <Row
                                        conversation={conversation}
                                        now={now}
                                        tabIndex={tabIndex}
                                        onOpen={() => open(conversation)}
                                        onClaim={() => claim(conversation)}
                                    />
                                ),
                            } : {id: String(index), node: <RowPlaceholder/>};
                        }}
                    </VirtualList>
                )}
            </div>
        </section>
    );
};
