import React, {useState} from 'react';
import type {KeyboardEvent} from 'react';
import {IntlProvider} from 'react-intl';
import {Provider, useSelector} from 'react-redux';

import type {Channel} from '@mattermost/types/channels';
import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';

import type {FakeWebClient} from './fake_web_client';

type Props = {client: FakeWebClient; locale: string};

/**
 * A channel as the web client shows it, as far as the plugin has a part in it: the header, the posts with what hangs on them, the
 * composer, the right-hand side. With banners that are registered it stands for a server of 11.9 or later, else for an older one.
 */
export const ChatPage = ({client, locale}: Props) => (
    <IntlProvider
        locale={locale}
        messages={client.texts(locale)}
    >
        <Provider store={client.store}>
            <Chat client={client}/>
        </Provider>
    </IntlProvider>
);

const Chat = ({client}: {client: FakeWebClient}) => {
    const channel = useSelector(({entities}: GlobalState) => entities.channels.channels[entities.channels.currentChannelId]);
    const posts = useSelector(({entities}: GlobalState) => entities.posts.posts);
    const open = useSelector((state: object) => (state as {rhs: string}).rhs);
    const side = open === '' ? undefined : client.sides[Number(open)];
    return (
        <div className='chat'>
            <main id='app-content'>
                <header className='channel-header'>
                    <h1>{channel?.display_name}</h1>
                    {client.headerButtons.map((button, i) => (
                        <button
                            key={i}
                            className='channel-header__icon'
                            aria-label={`header ${i}`}
                            onClick={() => button.action(channel)}
                        >
                            {button.icon}
                        </button>
                    ))}
                </header>
                <div className='posts'>
                    {Object.values(posts).map((post) => (
                        <PostBox
                            key={post.id}
                            post={post}
                            client={client}
                        />
                    ))}
                </div>
                {client.banners.map((Banner, i) => (
                    <Banner
                        key={i}
                        channel={channel}
                    />
                ))}
                <div id='post-create'>
                    {channel && (
                        <Composer
                            client={client}
                            channel={channel}
                        />
                    )}
                </div>
            </main>
            {side && (
                <aside className='rhs'>
                    <h2>{side.title}</h2>
                    <side.component/>
                </aside>
            )}
            {client.roots.map((Root, i) => <Root key={i}/>)}
        </div>
    );
};

const PostBox = ({post, client}: {post: Post; client: FakeWebClient}) => {
    const Body = client.postTypes[post.type as string];
    return (
        <article
            className='post'
            data-post={post.id}
        >
            <strong>{post.user_id}</strong>
            {Body ? <Body post={post}/> : (
                <div className='post-message__text-container'>
                    <div className='post-message__text'><p>{post.message}</p></div>
                    {client.attachments.map((Attachment, i) => (
                        <Attachment
                            key={i}
                            postId={post.id}
                        />
                    ))}
                </div>
            )}
        </article>
    );
};

/** Enter posts, unless the hook keeps the text: then it stays, with the reason under it. */
const Composer = ({client, channel}: {client: FakeWebClient; channel: Channel}) => {
    const [text, setText] = useState('');
    const [error, setError] = useState('');
    const state = client.store.getState();
    const placeholder = client.placeholder?.transform('Write', channel, state) ?? 'Write';

    const post = async (e: KeyboardEvent) => {
        if (e.key !== 'Enter') {
            return;
        }
        e.preventDefault();
        const verdict = await client.hook({channel_id: channel.id, root_id: '', message: text, file_ids: [], type: ''} as unknown as Post);
        if ('error' in verdict) {
            setError(verdict.error.message);
            return;
        }
        setText('');
        setError('');
        document.body.dataset.posted = JSON.stringify(verdict.post);
    };
    return (
        <>
            <textarea
                id='post_textbox'
                aria-label='composer'
                placeholder={placeholder}
                value={text}
                onChange={(e) => {
                    setText(e.target.value);
                    setError('');
                }}
                onKeyDown={post}
            />
            <p className='error'>{error}</p>
        </>
    );
};
