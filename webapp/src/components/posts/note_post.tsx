import React from 'react';
import {useText} from 'src/i18n/use_text';

import type {Post} from '@mattermost/types/posts';

import styles from './note.module.css';

/** The post of an internal note, which the customer never gets. Marked, so that nobody takes it for a message to the customer. */
export const NotePost = ({post}: {post: Post}) => {
    const t = useText();
    const utils = window.PostUtils;
    return (
        <div className={styles.root}>
            <span className={styles.label}>{t('whatsapp-ativo.post.note')}</span>
            <div className={styles.text}>
                {utils ? utils.messageHtmlToComponent(utils.formatText(post.message, {mentionHighlight: true, atMentions: true}), {mentions: true}) : post.message}
            </div>
        </div>
    );
};
