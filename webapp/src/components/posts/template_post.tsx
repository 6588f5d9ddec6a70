import React from 'react';
import {useSelector} from 'react-redux';
import {Preview} from 'src/components/shared/preview';
import {useText} from 'src/i18n/use_text';

import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';

import {StatusOfPost} from './post_status';
import styles from './template.module.css';

/** The post of a template, as the customer sees the template. */
export const TemplatePost = ({post}: {post: Post}) => {
    const t = useText();
    const channel = useSelector(({entities}: GlobalState) => entities.channels.channels[post.channel_id]);
    return (
        <div className={styles.root}>
            <span className={styles.label}>{t('whatsapp-ativo.post.template')}</span>
            <Preview text={post.message}/>
            {channel && (
                <StatusOfPost
                    post={post}
                    channel={channel}
                />
            )}
        </div>
    );
};
