import React, {useEffect, useState} from 'react';
import {useSelector} from 'react-redux';
import {sendTemplate} from 'src/actions/send_template';
import {useAction} from 'src/components/shared/use_action';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import {typeTemplate} from 'src/state/post_types';
import {useStore} from 'src/state/store';
import {useConversationId} from 'src/state/use_conversation_id';

import type {Channel} from '@mattermost/types/channels';
import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';

import styles from './post_status.module.css';
import {StatusMark} from './status_mark';

/** Statuses after which the agent has to do something. */
const problems = ['failed', 'unknown', 'not_sent'];

/** What became of the message that a post stands for, below the post. Nothing below posts that are no messages. */
export const PostStatus = ({postId}: {postId: string}) => {
    const post = useSelector(({entities}: GlobalState) => entities.posts.posts[postId]);
    const channel = useSelector(({entities}: GlobalState) => post && entities.channels.channels[post.channel_id]);
    return post && channel ? (
        <StatusOfPost
            post={post}
            channel={channel}
        />
    ) : null;
};

export const StatusOfPost = ({post, channel}: {post: Post; channel: Channel}) => {
    const held = post.props?.waa_held === true;
    const status = held ? 'held' : String(post.props?.waa_status ?? '');
    return status ? (
        <StatusLine
            post={post}
            channel={channel}
            status={status}
        />
    ) : null;
};

const StatusLine = ({post, channel, status}: {post: Post; channel: Channel; status: string}) => {
    const id = useConversationId(channel);
    return id ? (
        <div className={styles.root}>
            <StatusMark status={status}/>
            {problems.includes(status) && (
                <Problem
                    key={status}
                    id={id}
                    post={post}
                    channel={channel}
                    status={status}
                />
            )}
        </div>
    ) : null;
};

type ProblemProps = {id: string; post: Post; channel: Channel; status: string};

/** Why a message did not reach the customer, and what the agent can do about it. */
const Problem = ({id, post, channel, status}: ProblemProps) => {
    const t = useText();
    const {busy, failure, run} = useAction();
    const {api, runCommand, conversations} = useServices();
    const conversation = useStore(conversations.store(id));
    const [reason, setReason] = useState('');
    const [sentAgain, setSentAgain] = useState(false);

    useEffect(() => {
        let current = true;
        api.messageOfPost(id, post.id).then((message) => current && setReason(message?.reason ?? '')).catch(() => {}); // the post's thread has the reason too
        return () => {
            current = false;
        };
    }, [api, id, post.id]);

    const open = conversation?.state === 'open';

    // A message of unknown fate may have arrived: it is not offered for sending a second time.
    const canSend = open && status !== 'unknown' && String(post.type) !== typeTemplate && Boolean(post.message) && !sentAgain;
    const canSendTemplate = conversation && !open && conversation.state !== 'closed';
    return (
        <>
            {(failure || reason) && <span className={styles.reason}>{failure || reason}</span>}
            {canSend && (
                <button
                    type='button'
                    className={styles.action}
                    disabled={busy}
                    onClick={() => run(async () => {
                        await api.createPost({channel_id: post.channel_id, root_id: post.root_id, message: post.message});
                        setSentAgain(true);
                    })}
                >
                    {t('whatsapp-ativo.tick.again')}
                </button>
            )}
            {canSendTemplate && (
                <button
                    type='button'
                    className={styles.action}
                    onClick={() => sendTemplate(runCommand, channel)}
                >
                    {t('whatsapp-ativo.action.template')}
                </button>
            )}
        </>
    );
};
