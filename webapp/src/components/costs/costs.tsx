import React, {useMemo, useState} from 'react';
import {useIntl} from 'react-intl';
import {useShared} from 'src/components/administration/context';
import {SectionHead} from 'src/components/administration/section_head';
import {Button} from 'src/components/form/buttons';
import {SelectField} from 'src/components/form/fields';
import {Failure} from 'src/components/form/form';
import {useFresh} from 'src/components/form/use_fresh';
import {useLoad, useTask} from 'src/components/form/use_task';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import type {LedgerGrouping} from 'src/rest/types';

import {Chart} from './chart';
import {GroupTable} from './group_table';
import {Ledger} from './ledger';
import {lastMonths, wholeRange} from './months';
import {saveFile} from './save_file';

const groupings: Array<{value: LedgerGrouping; text: MessageKey}> = [
    {value: 'queue', text: 'whatsapp-ativo.admin.costs.by_queue'},
    {value: 'agent', text: 'whatsapp-ativo.admin.costs.by_agent'},
    {value: 'template', text: 'whatsapp-ativo.admin.costs.by_template'},
    {value: 'category', text: 'whatsapp-ativo.admin.costs.by_category'},
    {value: 'month', text: 'whatsapp-ativo.admin.costs.by_month'},
];

/** Custos: what Meta charged, added up and line by line. */
export const Costs = () => {
    const t = useText();
    const intl = useIntl();
    const {rest, queues} = useShared();
    const months = useMemo(() => lastMonths(new Date(), 12), []);
    const [monthName, setMonthName] = useState(months[0]!.name);
    const [queueId, setQueueId] = useState('');
    const [grouping, setGrouping] = useState<LedgerGrouping>('queue');
    const [lines, setLines] = useState(false);
    const file = useTask();

    const {from, to} = months.find((m) => m.name === monthName) ?? wholeRange(months);
    const range = {from, to, queue_id: queueId};
    const {value, failure, reload} = useLoad(() => rest.ledgerSummary({...range, group_by: grouping}), [rest, from, to, queueId, grouping]);
    useFresh(reload);

    const download = () => file.run(async () => saveFile(await rest.ledgerFile(range), `whatsapp-${monthName || 'ledger'}.csv`));
    const groupText = t(groupings.find((g) => g.value === grouping)!.text);
    const groups = value?.map((group) => ({...group, name: group.name || t('whatsapp-ativo.admin.costs.none')}));

    return (
        <>
            <SectionHead intro={t('whatsapp-ativo.admin.costs.intro')}/>
            <div className='WhatsappAtivoAdmin__grid WhatsappAtivoAdmin__grid--four'>
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
            {groups?.length === 0 && <p className='WhatsappAtivoAdmin__empty'>{t('whatsapp-ativo.admin.costs.empty')}</p>}
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
                    <div className='WhatsappAtivoAdmin__buttons'>
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
                    </div>
                    {lines && (
                        <Ledger
                            key={`${from} ${queueId}`}
                            range={range}
                        />
                    )}
                </>
            )}
            <p className='WhatsappAtivoAdmin__hint'>{t('whatsapp-ativo.admin.costs.rules')}</p>
        </>
    );
};
