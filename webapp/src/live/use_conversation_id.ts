import {useEffect} from 'react';
import {useParts} from 'src/parts';

import type {Channel} from '@mattermost/types/channels';

import {useValue} from './value';

/** The id of the conversation that owns a channel; '' = none, or it is not known yet. It is asked for again whenever something may have changed. */
export function useConversationId(channel?: Channel): string {
    const {channels, feed} = useParts();
    const id = useValue(channels.value(channel?.id ?? ''));

    useEffect(() => {
        if (!channel || id) {
            return undefined;
        }
        const ask = () => {
            channels.conversationOf(channel).catch(() => {}); // the next time
        };
        ask();
        return feed.listen(ask);
    }, [channels, feed, channel, id]);

    return id;
}
