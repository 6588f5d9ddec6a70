import React from 'react';
import {useSelector} from 'react-redux';
import {useText} from 'src/i18n/use_text';

import type {GlobalState} from '@mattermost/types/store';

import styles from './voice_note.module.css';

/** Players for the voice notes and sounds of a customer's post, so that nobody has to open them. The web client shows such files as boxes only. */
export const VoiceNote = ({postId}: {postId: string}) => {
    const t = useText();
    const post = useSelector(({entities}: GlobalState) => entities.posts.posts[postId]);
    const files = useSelector(({entities}: GlobalState) => entities.files?.files);
    if (post?.props?.waa_kind !== 'inbound') {
        return null;
    }
    const sounds = (post.file_ids ?? []).filter((id) => playable(files?.[id]?.mime_type));
    return sounds.length > 0 ? (
        <span className={styles.root}>
            {sounds.map((id) => (
                <audio
                    key={id}
                    className={styles.player}
                    aria-label={t('whatsapp-ativo.post.voice')}
                    controls={true}
                    preload='metadata'
                    src={`${window.basename ?? ''}/api/v4/files/${id}`}
                />
            ))}
        </span>
    ) : null;
};

/** Whether this browser plays files of a type. */
function playable(type = ''): boolean {
    return type.startsWith('audio/') && document.createElement('audio').canPlayType(type) !== '';
}
