import React, {useState} from 'react';
import {Button} from 'src/components/form/buttons';
import {Tag} from 'src/components/form/tag';
import {categoryKey} from 'src/components/plans/categories';
import {useText} from 'src/i18n/use_text';
import type {Template} from 'src/rest/types';

import {qualities, statuses} from './statuses';
import {TemplateDetails} from './template_details';

type Props = {template: Template; onChanged: () => Promise<void>};

/** One template: its words, its state at Meta and here, and why no agent can use it if none can. */
export const TemplateCard = ({template, onChanged}: Props) => {
    const t = useText();
    const [details, setDetails] = useState(false);
    const status = statuses.find((s) => s.name === (template.gone_at ? 'GONE' : template.status));
    const category = categoryKey(template.category);
    const quality = qualities[template.quality];

    // Only what Meta approved can be approved here.
    const open = t(template.status === 'APPROVED' && !template.gone_at && !template.approved ? 'whatsapp-ativo.admin.templates.review' : 'whatsapp-ativo.admin.templates.open');

    return (
        <div className='WhatsappAtivoAdmin__card'>
            <div className='WhatsappAtivoAdmin__title'>
                <h2>{template.name}</h2>
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
            </div>
            <p className='WhatsappAtivoAdmin__text'>
                <Marked text={template.text}/>
            </p>
            {template.unusable_reason && <p className='WhatsappAtivoAdmin__why'>{template.unusable_reason}</p>}
            {template.rejected_reason && <p className='WhatsappAtivoAdmin__why'>{t('whatsapp-ativo.admin.templates.rejected', {reason: template.rejected_reason})}</p>}
            <div className='WhatsappAtivoAdmin__buttons'>
                <Button
                    kind='secondary'
                    expanded={details}
                    label={`${open}: ${template.name} (${template.language})`}
                    onClick={() => setDetails(!details)}
                >
                    {open}
                </Button>
            </div>
            {details && (
                <TemplateDetails
                    id={template.id}
                    onChanged={onChanged}
                />
            )}
        </div>
    );
};

/** A text with its variables marked. */
const Marked = ({text}: {text: string}) => {
    const parts = text.split(/(\{\{[^{}]+\}\})/);
    return React.createElement(React.Fragment, null, ...parts.map((part, i) => (i % 2 ? <mark>{part}</mark> : part))); // eslint-disable-line react/jsx-key
};
