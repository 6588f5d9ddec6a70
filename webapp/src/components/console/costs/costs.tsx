import React, {useMemo, useState} from 'react';
import {useIntl} from 'react-intl';
import type {LedgerGrouping} from 'src/api/types';
import {NothingHere} from 'src/components/console/nothing_here';
import {SectionHead} from 'src/components/console/section_head';
import {useConsole} from 'src/components/console/use_console';
import {Button, ButtonRow} from 'src/components/shared/buttons';
import {Failure} from 'src/components/shared/failure';
import {SelectField} from 'src/components/shared/fields';
import {saveFile} from 'src/components/shared/files';
import styles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';

import {Chart} from './chart';
import {GroupTable} from './group_table';
import {Ledger} from './ledger';
import {lastMonths, wholeRange} from './months';

const groupings: Array<{value: LedgerGrouping; text: MessageKey}> = [
    {value: 'queue', text: 'whatsapp-ativo.admin.costs.by_queue'},
    {value: 'agent', text: 'whatsapp-ativo.admin.costs.by_agent'},
    {value: 'template', text: 'whatsapp-ativo.admin.costs.by_template'},
    {value: 'category', text: 'whatsapp-ativo.admin.costs.by_category'},
    {value: 'month', text: 'whatsapp-ativo.admin.costs.by_month'},
];

/** Custos: what Meta charged, as sums and line by line. */
export const Costs = () => {
    const t = useText();
    const intl = useIntl();
    const {adminApi, queues} = useConsole();
    const months = useMemo(() => lastMonths(new Date(), 12), []);
    const [monthName, setMonthName] = useState(months[0]!.name);
    const [queueId, setQueueId] = useState('');
    const [grouping, setGrouping] = useState<LedgerGrouping>('queue');
    const [lines, setLines] = useState(false);
    const file = useAction();

    const {from, to} = months.find((m) => m.name === monthName) ?? wholeRange(months);
    const range = {from, to, queue_id: queueId};
    const {value, failure, reload} = useLoad(() => adminApi.ledgerSummary({...range, group_by: grouping}), [adminApi, from, to, queueId, grouping]);
    useRefresh(reload);

    const download = () => file.run(async () => saveFile(await adminApi.ledgerFile(range), `whatsapp-${monthName || 'ledger'}.csv`));
    const groupText = t(groupings.find((g) => g.value === grouping)!.text);
    const groups = value?.map((group) => ({...group, name: group.name || t('whatsapp-ativo.admin.costs.none')}));

    return (
        <>
            <SectionHead intro={t('whatsapp-ativo.admin.costs.intro')}/>
            <div className={styles.narrowGrid}>
                <SelectField
                    label={t('whatsapp-ativo.admin.costs.month')}
                    value={monthName}
                    options={[
                        ...months.map((m) => ({value: m.name, text: intl.formatDate(m.from, {month: 'long', year: 'numeric', timeZone: 'UTC'})})),
                        {value: '', text: t('whatsapp-ativo.admin.costs.year')},
                    ]}
                    onChange={setMonthName}
                />
                <SelectField
                    label={t('whatsapp-ativo.admin.costs.queue')}
                    value={queueId}
                    options={[{value: '', text: t('whatsapp-ativo.admin.costs.all_queues')}, ...queues.map((q) => ({value: q.id, text: q.name}))]}
                    onChange={setQueueId}
                />
                <SelectField
                    label={t('whatsapp-ativo.admin.costs.group')}
                    value={grouping}
                    options={groupings.map((g) => ({value: g.value, text: t(g.text)}))}
                    onChange={(chosen) => setGrouping(chosen as LedgerGrouping)}
                />
            </div>
            <Failure text={failure || file.failure}/>
            {!groups && !failure && <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>}
            {groups?.length === 0 && <NothingHere text={t('whatsapp-ativo.admin.costs.empty')}/>}
            {groups && groups.length > 0 && (
                <>
                    <Chart
                        title={groupText}
                        groups={groups}
                    />
                    <GroupTable
                        caption={groupText}
                        groups={groups}
                    />
                    <ButtonRow>
                        <Button
                            kind='secondary'
                            disabled={file.busy}
                            onClick={download}
                        >
                            {t('whatsapp-ativo.admin.costs.csv')}
                        </Button>
                        <Button
                            expanded={lines}
                            onClick={() => setLines(!lines)}
                        >
                            {t('whatsapp-ativo.admin.costs.lines')}
                        </Button>
                    </ButtonRow>
                    {lines && (
                        <Ledger
                            key={`${from} ${queueId}`}
                            range={range}
                        />
                    )}
                </>
            )}
            <p className={styles.hint}>{t('whatsapp-ativo.admin.costs.rules')}</p>
        </>
    );
};
