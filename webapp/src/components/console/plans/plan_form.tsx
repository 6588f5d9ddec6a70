import React, {useState} from 'react';
import {useIntl} from 'react-intl';
import {ServerError} from 'src/api/client';
import type {Plan, Queue} from 'src/api/types';
import {useConsole} from 'src/components/console/use_console';
import {TextField} from 'src/components/shared/fields';
import {Form} from 'src/components/shared/form';
import styles from 'src/components/shared/form.module.css';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';

import {noPrices, readAmount, readPrices, writeAmount, writePrices} from './amounts';
import {PriceChanges, readChanges, writeChanges} from './price_changes';
import {PriceFields} from './price_fields';

type Props = {queue: Queue; plan?: Plan; onClose: () => void};

/** The fields of a plan. What is saved is a draft, which applies once somebody approves it. */
export const PlanForm = ({queue, plan, onClose}: Props) => {
    const t = useText();
    const {locale} = useIntl();
    const {adminApi, reload} = useConsole();
    const {busy, failure, fields, run} = useAction();
    const [limit, setLimit] = useState(plan ? writeAmount(plan.monthly_limit, locale) : '');
    const [currency, setCurrency] = useState(plan?.currency ?? 'BRL');
    const [prices, setPrices] = useState(plan ? writePrices(plan.prices, locale) : noPrices);
    const [changes, setChanges] = useState(plan ? writeChanges(plan.price_changes, locale) : []);

    const save = () => run(async () => {
        const input = {
            queue_id: queue.id,
            monthly_limit: readAmount(limit, locale),
            currency: currency.trim().toUpperCase(),
            prices: readPrices(prices, locale),
            price_changes: readChanges(changes, locale),
        };

        // A text that is no amount has no form in JSON, so that it is refused here as the server would refuse it.
        const wrong = Object.entries(input.prices).filter(([, price]) => Number.isNaN(price)).map(([name]) => name);
        if (Number.isNaN(input.monthly_limit)) {
            wrong.push('monthly_limit');
        }
        if (input.price_changes.some((c) => Number.isNaN(c.from) || Object.values(c.prices).some(Number.isNaN))) {
            wrong.push('price_changes');
        }
        if (wrong.length) {
            const amount = t('whatsapp-ativo.admin.plans.amount');
            throw new ServerError(t('whatsapp-ativo.admin.correct'), 0, Object.fromEntries(wrong.map((name) => [name, name === 'price_changes' ? t('whatsapp-ativo.admin.plans.change_incomplete') : amount])));
        }
        await (plan ? adminApi.changePlan(plan.id, input) : adminApi.createPlan(input));
        await reload();
        onClose();
    });

    return (
        <Form
            title={t('whatsapp-ativo.admin.plans.title', {name: queue.name})}
            busy={busy}
            failure={failure || fields.queue_id || ''}
            onSave={save}
            onCancel={onClose}
        >
            <div className={styles.grid}>
                <TextField
                    inputMode='decimal'
                    label={t('whatsapp-ativo.admin.plans.limit')}
                    hint={t('whatsapp-ativo.admin.plans.limit_hint')}
                    error={fields.monthly_limit}
                    value={limit}
                    onChange={setLimit}
                />
                <TextField
                    label={t('whatsapp-ativo.admin.plans.currency')}
                    hint={t('whatsapp-ativo.admin.plans.currency_hint')}
                    maxLength={3}
                    error={fields.currency}
                    value={currency}
                    onChange={setCurrency}
                />
            </div>
            <fieldset>
                <legend>{t('whatsapp-ativo.admin.plans.prices')}</legend>
                <p className={styles.hint}>{t('whatsapp-ativo.admin.plans.prices_hint')}</p>
                <PriceFields
                    values={prices}
                    error={(name) => fields[name] ?? fields.prices}
                    onChange={setPrices}
                />
            </fieldset>
            <PriceChanges
                changes={changes}
                error={fields.price_changes}
                start={prices}
                onChange={setChanges}
            />
        </Form>
    );
};
