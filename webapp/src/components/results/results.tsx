import React, {useState} from 'react';
import type {ResultsGrouping} from 'src/api/types';
import {Button, ButtonRow} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import {SelectField} from 'src/components/shared/fields';
import {saveFile} from 'src/components/shared/files';
import formStyles from 'src/components/shared/form.module.css';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';

import {Bars} from './bars';
import {columns, inOrder, toCSV} from './columns';
import type {Order} from './columns';
import {Now} from './now';
import styles from './results.module.css';
import {ResultsTable} from './results_table';
import {useFigure} from './use_figure';

const groupings: Array<{value: ResultsGrouping; text: MessageKey}> = [
    {value: 'template', text: 'whatsapp-ativo.results.by_template'},
    {value: 'agent', text: 'whatsapp-ativo.results.by_agent'},
    {value: 'queue', text: 'whatsapp-ativo.results.by_queue'},
    {value: 'day', text: 'whatsapp-ativo.results.by_day'},
    {value: 'hour', text: 'whatsapp-ativo.results.by_hour'},
];

/** Periods by their names in REST: the server knows in which time zone their days begin. */
const periods: Array<{value: string; text: MessageKey}> = [
    {value: 'month', text: 'whatsapp-ativo.results.month'},
    {value: 'today', text: 'whatsapp-ativo.results.today'},
    {value: 'week', text: 'whatsapp-ativo.results.week'},
    {value: 'last_month', text: 'whatsapp-ativo.results.last_month'},
];

/** How far back a queue is looked for to choose from, milliseconds. */
const lookback = 60 * 86_400_000;

/** The most groups that are drawn. The table has all of them. */
const mostBars = 12;

const funnel = columns.filter(({name}) => ['sent', 'delivered', 'read', 'answered'].includes(name));

/** Resultados: who waits now, and what came of templates; for supervisors, and in the System Console. */
export const Results = () => {
    const t = useText();
    const {api} = useServices();
    const figure = useFigure();
    const [period, setPeriod] = useState('month');
    const [queueId, setQueueId] = useState('');
    const [grouping, setGrouping] = useState<ResultsGrouping>('template');
    const [order, setOrder] = useState<Order>({by: 'sent', down: true});

    const results = useLoad(() => api.results({period, by: grouping, queue_id: queueId}), [api, period, grouping, queueId]);
    const now = useLoad(() => api.resultsNow({queue_id: queueId}), [api, queueId]);

    // Whoever may see results may choose among the queues that have any.
    const queues = useLoad(async () => (await api.results({from: Date.now() - lookback, by: 'queue'})).items.filter((q) => q.name), [api]);
    useRefresh(async () => {
        await Promise.all([results.reload(), now.reload()]);
    });

    const totals = results.value?.totals;
    const groups = inOrder((results.value?.items ?? []).map((g) => ({...g, name: g.name || t('whatsapp-ativo.results.none')})), order);
    const answered = inOrder(groups, {by: 'answered', down: true}).filter((g) => g.sent > 0);

    // Hours are read in the order of the day.
    const drawn = grouping === 'hour' ? inOrder(answered, {by: 'name', down: false}) : answered.slice(0, mostBars);
    const groupText = t(groupings.find((g) => g.value === grouping)!.text);
    const download = () => {
        const head = [t('whatsapp-ativo.results.name'), ...columns.map((c) => t(c.text)), t('whatsapp-ativo.results.currency')];
        const rows = totals ? [...groups, {...totals, name: t('whatsapp-ativo.results.total')}] : groups;
        saveFile(new Blob(['\uFEFF', toCSV(head, rows)], {type: 'text/csv'}), `resultados-${grouping}.csv`);
    };

    return (
        <div className={styles.root}>
            {now.value && <Now now={now.value}/>}
            <div className={formStyles.narrowGrid}>
                <SelectField
                    label={t('whatsapp-ativo.results.period')}
                    value={period}
                    options={periods.map((p) => ({value: p.value, text: t(p.text)}))}
                    onChange={setPeriod}
                />
                <SelectField
                    label={t('whatsapp-ativo.results.queue')}
                    value={queueId}
                    options={[{value: '', text: t('whatsapp-ativo.results.all_queues')}, ...(queues.value ?? []).map((q) => ({value: q.group, text: q.name}))]}
                    onChange={setQueueId}
                />
                <SelectField
                    label={t('whatsapp-ativo.results.group')}
                    value={grouping}
                    options={groupings.map((g) => ({value: g.value, text: t(g.text)}))}
                    onChange={(chosen) => setGrouping(chosen as ResultsGrouping)}
                />
            </div>
            <Failure text={results.failure || now.failure}/>
            {!totals && !results.failure && <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>}
            {totals && groups.length === 0 && <p>{t('whatsapp-ativo.results.empty')}</p>}
            {totals && groups.length > 0 && (
                <>
                    <Bars
                        caption={t('whatsapp-ativo.results.funnel')}
                        label={t('whatsapp-ativo.results.funnel_label', {sent: totals.sent, delivered: totals.delivered, read: totals.read, answered: totals.answered})}
                        bars={funnel.map((c) => ({key: c.name, name: t(c.text), value: totals[c.name] ?? 0, text: figure(c, totals)}))}
                    />
                    {answered[0] && (
                        <Bars
                            caption={t('whatsapp-ativo.results.answers', {group: groupText})}
                            label={t('whatsapp-ativo.results.answers_label', {group: groupText, name: answered[0].name, answered: answered[0].answered})}
                            bars={drawn.map((g) => ({key: g.group, name: g.name, value: g.answered, text: `${figure({name: 'answered', kind: 'count'}, g)} (${figure({name: 'answer_rate', kind: 'rate'}, g)})`}))}
                        />
                    )}
                    <ResultsTable
                        caption={groupText}
                        groups={groups}
                        totals={totals}
                        order={order}
                        onOrder={setOrder}
                    />
                    <ButtonRow>
                        <Button
                            kind='secondary'
                            onClick={download}
                        >
                            {t('whatsapp-ativo.results.csv')}
                        </Button>
                    </ButtonRow>
                </>
            )}
            <p className={formStyles.hint}>{t('whatsapp-ativo.results.rules')}</p>
        </div>
    );
};
