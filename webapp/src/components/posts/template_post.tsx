import React from 'react';
import {useSelector} from 'react-redux';
import {Preview} from 'src/components/templates/preview';
import {useText} from 'src/i18n/use_text';

import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';

import {PostTicks} from './ticks';

/** A template's post, as the customer sees it. */
export const TemplatePost = ({post}: {post: Post}) => {
    const t = useText();
    const channel = useSelector(({entities}: GlobalState) => entities.channels.channels[post.channel_id]);
    return (
        <div className='WhatsappAtivoTemplate'>
            <span className='WhatsappAtivoTemplate__label'>{t('whatsapp-ativo.post.template')}</span>
            <Preview text={post.message}/>
            {channel && (
                <PostTicks
                    post={post}
                    channel={channel}
                />
            )}
        </div>
    );
};
