import React from 'react';
import type {MessageKey} from 'src/i18n';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';
import type {FilledPart, FilledTemplate} from 'src/whatsapp/fill';
import {pieces} from 'src/whatsapp/marks';

import styles from './phone_preview.module.css';

/** What stands in the place of a header's file. */
const mediaNames: Record<string, MessageKey> = {
    IMAGE: 'whatsapp-ativo.start.media_image',
    VIDEO: 'whatsapp-ativo.start.media_video',
    DOCUMENT: 'whatsapp-ativo.start.media_document',
    LOCATION: 'whatsapp-ativo.start.media_location',
};

/** What shows a file that the browser has. */
const players: Record<string, string> = {IMAGE: 'img', VIDEO: 'video'};

const elements = {bold: 'b', italic: 'i', strike: 's'} as const;

/** The signs before the texts of buttons, as the phone has them. */
const signs: Record<string, string> = {QUICK_REPLY: '↩ ', URL: '↗ ', PHONE_NUMBER: '☎ '};

const labelOf = ({kind, text}: {kind: string; text: string}) => (signs[kind] ?? '') + text;

/** A template on the customer's phone. */
export const PhonePreview = ({id, template}: {id: string; template: FilledTemplate}) => {
    const {time} = useFormat();
    const {offer, ends = '', cards = []} = template;
    return (
        <div
            className={styles.root}
            data-of={id}
        >
            <Part
                part={template}
                offer={offer && ['⏳ ' + offer, time(Date.parse(ends))].filter(Boolean).join(' · ')}
            />
            {cards.length > 0 && (
                <div
                    className={styles.cards}
                    tabIndex={0}
                >
                    {cards.map((card, i) => (
                        <div
                            key={i} // eslint-disable-line react/no-array-index-key
                            className={styles.card}
                        >
                            <Part part={card}/>
                        </div>
                    ))}
                </div>
            )}
        </div>
    );
};

/** The message itself, or one card. */
const Part = ({part: {header, media, source, body, footer, buttons}, offer}: {part: FilledPart; offer?: string}) => {
    const t = useText();
    const mediaName = mediaNames[media];
    const player = source && players[media];
    return (
        <>
            <div className={styles.bubble}>
                {media && <div className={styles.media}>{player ? React.createElement(player, {src: source, alt: ''}) : (mediaName && t(mediaName)) || media}</div>}
                {header && <div className={styles.header}>{header}</div>}
                {offer && <div className={styles.offer}>{offer}</div>}
                {body && React.createElement('div', {className: styles.text}, ...pieces(body).map(({mark, text}) => React.createElement(mark ? elements[mark] : 'span', null, text)))}
                {footer && <div className={styles.footer}>{footer}</div>}
            </div>
            {buttons.length > 0 && (
                <ul className={styles.buttons}>
                    {buttons.map((button) => <li key={`${button.kind} ${button.text}`}>{labelOf(button)}</li>)}
                </ul>
            )}
        </>
    );
};
