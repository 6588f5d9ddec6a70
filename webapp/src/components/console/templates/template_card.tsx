import React, {useState} from 'react';
import type {Template} from 'src/api/types';
import {categoryKey} from 'src/components/console/categories';
import {ResourceCard} from 'src/components/console/resource_card';
import {Button} from 'src/components/shared/buttons';
import {Tag} from 'src/components/shared/tag';
import {useText} from 'src/i18n/use_text';

import {Risks} from './risks';
import {qualities, statuses} from './statuses';
import {TemplateDetails} from './template_details';
import styles from './templates.module.css';

type Props = {template: Template; onChanged: () => Promise<void>};

/** One template: its text, its state at Meta and in the plugin, and why agents cannot use it where they cannot. */
export const TemplateCard = ({template, onChanged}: Props) => {
    const t = useText();
    const [details, setDetails] = useState(false);
    const status = statuses.find((s) => s.name === (template.gone_at ? 'GONE' : template.status));
    const category = categoryKey(template.category);
    const quality = qualities[template.quality];

    // A template can be approved for use only after Meta has approved it.
    const open = t(template.status === 'APPROVED' && !template.gone_at && !template.approved ? 'whatsapp-ativo.admin.templates.review' : 'whatsapp-ativo.admin.templates.open');

    return (
        <ResourceCard
            name={template.title || template.name}
            badges={(
                <>
                    {template.title && <span>{template.name}</span>}
                    <span>{template.language}</span>
                    <Tag text={category ? t(category) : template.category}/>
                    <Tag
                        kind={status?.kind}
                        text={status ? t(status.text) : template.status}
                    />
                    {quality && (
                        <Tag
                            kind={quality.kind}
                            text={t(quality.text)}
                        />
                    )}
                    {!template.unusable_reason && (
                        <Tag
                            kind='good'
                            text={t('whatsapp-ativo.admin.templates.usable')}
                        />
                    )}
                </>
            )}
            body={(
                <>
                    <p className={styles.text}>
                        <TextWithVariables text={template.text}/>
                    </p>
                    {template.unusable_reason && <p className={styles.why}>{template.unusable_reason}</p>}
                    {!template.gone_at && <Risks risks={template.risks}/>}
                    {template.rejected_reason && <p className={styles.why}>{t('whatsapp-ativo.admin.templates.rejected', {reason: template.rejected_reason})}</p>}
                </>
            )}
            buttons={(
                <Button
                    kind='secondary'
                    expanded={details}
                    of={`${template.name} (${template.language})`}
                    onClick={() => setDetails(!details)}
                >
                    {open}
                </Button>
            )}
        >
            {details && (
                <TemplateDetails
                    id={template.id}
                    onChanged={onChanged}
                />
            )}
        </ResourceCard>
    );
};

/** The text of a template, with its variables marked. */
const TextWithVariables = ({text}: {text: string}) => {
    const parts = text.split(/(\{\{[^{}]+\}\})/);
    return React.createElement(React.Fragment, null, ...parts.map((part, i) => (i % 2 ? <mark>{part}</mark> : part))); // eslint-disable-line react/jsx-key
};
