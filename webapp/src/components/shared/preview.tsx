import React from 'react';

import styles from './preview.module.css';

/** A message as WhatsApp shows it. The web client's own Markdown renders it; where that is missing, the plain text is shown. */
export const Preview = ({text}: {text: string}) => {
    const utils = window.PostUtils;
    return (
        <div className={`${styles.root}${utils ? '' : ` ${styles.plain}`}`}>
            {utils ? utils.messageHtmlToComponent(utils.formatText(text, {mentionHighlight: false, atMentions: false}), {mentions: false}) : text}
        </div>
    );
};
