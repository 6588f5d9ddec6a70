import React from 'react';
import {useSelector} from 'react-redux';
import {initials} from 'src/components/shared/conversation_text';
import {useText} from 'src/i18n/use_text';
import {typeEvent} from 'src/state/post_types';

import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';

import styles from './speaker.module.css';

/** For how long the words of one person stand together under one name, milliseconds. The web client has the same span. */
const together = 5 * 60_000;

/**
 * Who speaks in a post: the customer's name and a picture of their initials over their words, and nothing but a quieter look for the
 * plugin's own lines. It is registered for what hangs on a post's text, because a post with a type of ours would lose its buttons.
 */
export const Speaker = ({postId}: {postId: string}) => {
    const post = useSelector(({entities}: GlobalState) => entities.posts.posts[postId]);
    if (post?.props?.waa_kind === 'inbound') {
        return <Customer post={post}/>;
    }
    const isLine = (post?.type as string | undefined) === typeEvent && !post?.root_id && !post?.props?.attachments;
    return isLine ? <span className={styles.line}/> : null;
};

const Customer = ({post}: {post: Post}) => {
    const t = useText();
    const continued = useSelector((state: GlobalState) => continues(state, post));
    const shownByServer = useSelector(({entities}: GlobalState) => entities.general?.config?.EnablePostUsernameOverride === 'true' && post.props?.from_webhook === 'true');
    const channelName = useSelector(({entities}: GlobalState) => entities.channels.channels[post.channel_id]?.display_name ?? '');
    const name = String(post.props?.waa_name || channelName);
    return (
        <div className={[styles.root, continued && styles.continued, !post.message && styles.wordless].filter(Boolean).join(' ')}>
            <span
                className={styles.picture}
                aria-hidden={true}
            >
                {initials(name)}
            </span>
            {!shownByServer && <strong className={styles.name}>{name}</strong>}
            <span className={styles.role}>{t('whatsapp-ativo.post.customer')}</span>
        </div>
    );
};

/** Whether the post above is the same customer's, shortly before. */
function continues({entities}: GlobalState, post: Post): boolean {
    if (post.root_id) {
        return false;
    }
    const order = (entities.posts.postsInChannel?.[post.channel_id] ?? []).find((block) => block.order.includes(post.id))?.order ?? [];
    const above = entities.posts.posts[order[order.indexOf(post.id) + 1] ?? ''];
    return above?.props?.waa_kind === 'inbound' && above.props.waa_name === post.props?.waa_name && post.create_at - above.create_at < together;
}
