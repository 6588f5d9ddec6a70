import React, {useEffect, useState} from 'react';
import {useSelector} from 'react-redux';
import {useTask} from 'src/components/form/use_task';
import {useText} from 'src/i18n/use_text';
import {typeTemplate} from 'src/live/channel';
import {useConversationId} from 'src/live/use_conversation_id';
import {useValue} from 'src/live/value';
import {useParts} from 'src/parts';

import type {Channel} from '@mattermost/types/channels';
import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';

import {Tick} from './tick';

import './posts.css';

/** Statuses that end a message, and after which there is something to do. */
const troubles = ['failed', 'unknown', 'not_sent'];

/** Under each post that is or was for the customer: what became of it. Nothing under all others. */
export const Ticks = ({postId}: {postId: string}) => {
    const post = useSelector(({entities}: GlobalState) => entities.posts.posts[postId]);
    const channel = useSelector(({entities}: GlobalState) => post && entities.channels.channels[post.channel_id]);
    return post && channel ? (
        <PostTicks
            post={post}
            channel={channel}
        />
    ) : null;
};

export const PostTicks = ({post, channel}: {post: Post; channel: Channel}) => {
    const status = String(post.props?.waa_status ?? '');
    return status ? (
        <StatusTicks
            post={post}
            channel={channel}
            status={status}
        />
    ) : null;
};

const StatusTicks = ({post, channel, status}: {post: Post; channel: Channel; status: string}) => {
    const id = useConversationId(channel);
    return id ? (
        <div className='WhatsappAtivoTicks'>
            <Tick status={status}/>
            {troubles.includes(status) && (
                <Trouble
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

type TroubleProps = {id: string; post: Post; channel: Channel; status: string};

/** Why a message did not get through, and the way on from there. */
const Trouble = ({id, post, channel, status}: TroubleProps) => {
    const t = useText();
    const task = useTask();
    const {rest, run, conversations} = useParts();
    const conversation = useValue(conversations.value(id));
    const [reason, setReason] = useState('');
    const [again, setAgain] = useState(false);

    useEffect(() => {
        let wanted = true;
        rest.messageOf(id, post.id).then((message) => wanted && setReason(message?.reason ?? '')).catch(() => {}); // the thread tells it too
        return () => {
            wanted = false;
        };
    }, [rest, id, post.id]);

    const open = conversation?.state === 'open';

    // What may have arrived is not offered to be sent a second time.
    const canSend = open && status !== 'unknown' && String(post.type) !== typeTemplate && Boolean(post.message) && !again;
    const canTemplate = conversation && !open && conversation.state !== 'closed';
    return (
        <>
            {(task.failure || reason) && <span className='WhatsappAtivoTicks__reason'>{task.failure || reason}</span>}
            {canSend && (
                <button
                    type='button'
                    className='WhatsappAtivoTicks__action'
                    disabled={task.busy}
                    onClick={() => task.run(async () => {
                        await rest.createPost({channel_id: post.channel_id, root_id: post.root_id, message: post.message});
                        setAgain(true);
                    })}
                >
                    {t('whatsapp-ativo.tick.again')}
                </button>
            )}
            {canTemplate && (
                <button
                    type='button'
                    className='WhatsappAtivoTicks__action'
                    onClick={() => run('/whatsapp modelo', channel, 'whatsapp-ativo.action.failed')}
                >
                    {t('whatsapp-ativo.action.template')}
                </button>
            )}
        </>
    );
};
