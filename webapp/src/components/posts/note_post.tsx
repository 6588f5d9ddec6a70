import React from 'react';
import {useText} from 'src/i18n/use_text';

import type {Post} from '@mattermost/types/posts';

/** A post that never goes to the customer. */
export const NotePost = ({post}: {post: Post}) => {
    const t = useText();
    const utils = window.PostUtils;
    return (
        <div className='WhatsappAtivoNote'>
            <span className='WhatsappAtivoNote__label'>{t('whatsapp-ativo.post.note')}</span>
            <div className='WhatsappAtivoNote__text'>
                {utils ? utils.messageHtmlToComponent(utils.formatText(post.message, {mentionHighlight: true, atMentions: true}), {mentions: true}) : post.message}
            </div>
        </div>
    );
};
