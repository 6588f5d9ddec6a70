import React, {useCallback, useEffect, useId, useMemo, useState} from 'react';
import {useSelector} from 'react-redux';
import {openChannel} from 'src/actions/open_channel';
import {failure, reason} from 'src/actions/run_command';
import {startConversation} from 'src/actions/start_conversation';
import {failureText, usePause} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';
import {useNow} from 'src/live/clock';
import {ConversationList, rowAt} from 'src/live/conversation_list';
import type {Filter, Tab} from 'src/live/conversation_list';
import {useValue} from 'src/live/value';
import {useParts} from 'src/parts';
import type {Conversation} from 'src/rest/agent';

import type {GlobalState} from '@mattermost/types/store';

import {Empty} from './empty';
import {Row} from './row';
import {StateTabs} from './state_tabs';
import {VirtualList} from './virtual_list';

const rowHeight = 76;

/** Where the reader was, kept while the right-hand side shows something else. */
const start: Filter = {tab: 'waiting', scope: 'all', q: ''};

/** All conversations the reader may see. */
export const ListView = ({remembered}: {remembered: {filter?: Filter}}) => {
    const t = useText();
    const id = useId();
    const parts = useParts();
    const list = useMemo(() => new ConversationList(parts.rest, parts.clock), [parts]);
    const state = useValue(list.state);
    const now = useNow(parts.clock);
    const [tab, setTab] = useState<Tab>((remembered.filter ?? start).tab);
    const [scope, setScope] = useState((remembered.filter ?? start).scope);
    const [typed, setTyped] = useState((remembered.filter ?? start).q);
    const q = usePause(typed.trim());
    const create = useCreate();

    useEffect(() => {
        remembered.filter = {tab, scope, q};
        list.setFilter({tab, scope, q});
    }, [list, remembered, tab, scope, q]);

    useEffect(() => {
        list.open(parts.feed);
        return () => list.close();
    }, [list, parts]);

    const onShow = useCallback((first: number, last: number) => list.show(first, last), [list]);

    // A window that ended changes the lists without anybody doing anything.
    const ended = tab === 'open' && [...state.pages.values()].some((rows) => rows.some((c) => (c.window_until ?? Infinity) < now));
    useEffect(() => {
        if (ended) {
            list.soonAgain();
        }
    }, [ended, list, now]);

    const {open, claim} = useActions(list);
    return (
        <section
            className='WhatsappAtivoPanel'
            aria-label={t('whatsapp-ativo.list.title')}
        >
            <div className='WhatsappAtivoPanel__head'>
                <div className='WhatsappAtivoPanel__search'>
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
                        value={scope}
                        onChange={(e) => setScope(e.target.value)}
                    >
                        <option value='all'>{t('whatsapp-ativo.list.all')}</option>
                        <option value='mine'>{t('whatsapp-ativo.list.mine')}</option>
                        {state.overview?.queues.map((queue) => (
                            <option
                                key={queue.id}
                                value={queue.id}
                            >
                                {t('whatsapp-ativo.list.queue', {name: queue.name})}
                            </option>
                        ))}
                    </select>
                </div>
                <button
                    type='button'
                    className='btn btn-primary btn-sm'
                    onClick={create}
                >
                    {t('whatsapp-ativo.start.action')}
                </button>
            </div>
            <StateTabs
                id={id}
                tab={tab}
                overview={state.overview}
                onTab={setTab}
            />
            <div
                role='alert'
                className='WhatsappAtivoPanel__failure'
            >
                {state.failure ? failureText(state.failure, t) : ''}
            </div>
            <div
                id={`${id}-panel`}
                className='WhatsappAtivoPanel__rows'
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
                        key={`${tab} ${scope} ${q}`}
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
                            } : {id: String(index), node: <div className='WhatsappAtivoRow WhatsappAtivoRow--coming'/>};
                        }}
                    </VirtualList>
                )}
            </div>
        </section>
    );
};

/** The action of "Criar Atendimento", in the channel on screen. */
function useCreate() {
    const parts = useParts();
    const channel = useSelector(({entities}: GlobalState) => entities.channels.channels[entities.channels.currentChannelId]);
    return () => {
        startConversation(parts.store, parts.run)(channel);
    };
}

/** Opens a conversation: its channel for who is in it, what is known of it for the others. */
function useActions(list: ConversationList) {
    const {rest, store, pane} = useParts();
    const open = (conversation: Conversation) => {
        const state = store.getState();
        const member = state.entities.channels.myMembers[conversation.channel_id];
        if (!member || !openChannel(state, conversation)) {
            pane.set({conversationId: conversation.id});
        }
    };
    const claim = async (conversation: Conversation) => {
        try {
            await rest.claim(conversation.id);
            openChannel(store.getState(), conversation);
        } catch (error) {
            store.dispatch(failure('whatsapp-ativo.claim.failed', reason(error)));
        }
        list.refresh();
    };
    return {open, claim};
}
