import React, {useId} from 'react';
import {Button} from 'src/components/shared/buttons';
import {HiddenText} from 'src/components/shared/hidden_text';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import type {Section} from 'src/state/console_page';
import {steps} from 'src/state/setup_progress';
import type {Step} from 'src/state/setup_progress';

import styles from './setup_steps.module.css';

const details: Record<Step, {section: Section; title: MessageKey; help: MessageKey}> = {
    account: {section: 'accounts', title: 'whatsapp-ativo.admin.step.account', help: 'whatsapp-ativo.admin.step.account_help'},
    webhook: {section: 'accounts', title: 'whatsapp-ativo.admin.step.webhook', help: 'whatsapp-ativo.admin.step.webhook_help'},
    queue: {section: 'queues', title: 'whatsapp-ativo.admin.step.queue', help: 'whatsapp-ativo.admin.step.queue_help'},
    sync: {section: 'templates', title: 'whatsapp-ativo.admin.step.sync', help: 'whatsapp-ativo.admin.step.sync_help'},
    template: {section: 'templates', title: 'whatsapp-ativo.admin.step.template', help: 'whatsapp-ativo.admin.step.template_help'},
    plan: {section: 'plans', title: 'whatsapp-ativo.admin.step.plan', help: 'whatsapp-ativo.admin.step.plan_help'},
};

type Props = {done: Set<Step>; onOpen: (section: Section) => void};

/** What is to be done from an empty installation to the first conversation. Nothing once all of it is done. */
export const SetupSteps = ({done, onOpen}: Props) => {
    const t = useText();
    const id = useId();
    const next = steps.find((step) => !done.has(step));
    if (!next) {
        return null;
    }
    return (
        <section
            className={styles.root}
            aria-labelledby={id}
        >
            <h2 id={id}>{t('whatsapp-ativo.admin.step.title', {done: done.size, total: steps.length})}</h2>
            <ol>
                {steps.map((step) => (
                    <li
                        key={step}
                        className={done.has(step) ? styles.done : undefined}
                        aria-current={step === next ? 'step' : undefined}
                    >
                        <span className={styles.mark}>
                            {done.has(step) ? '✓' : steps.indexOf(step) + 1}
                        </span>
                        <div>
                            <strong>{t(details[step].title)}</strong>
                            {done.has(step) && <HiddenText>{t('whatsapp-ativo.admin.step.done')}</HiddenText>}
                            {step === next && <p>{t(details[step].help)}</p>}
                        </div>
                        {step === next && (
                            <Button
                                kind='primary'
                                onClick={() => onOpen(details[step].section)}
                            >
                                {t('whatsapp-ativo.admin.step.go')}
                            </Button>
                        )}
                    </li>
                ))}
            </ol>
        </section>
    );
};
