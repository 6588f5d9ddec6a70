import {useEffect} from 'react';
import {useServices} from 'src/services';

import type {Channel} from '@mattermost/types/channels';

import {useStore} from './store';

/** Returns the id of the conversation that owns a channel; '' where there is none, or while it is not known. It is looked up again whenever something may have changed. */
export function useConversationId(channel?: Channel): string {
    const {channels, changeFeed} = useServices();
    const id = useStore(channels.conversationId(channel?.id ?? ''));

    useEffect(() => {
        if (!channel || id) {
            return undefined;
        }
        const lookUp = () => {
            channels.findConversation(channel).catch(() => {}); // the next change looks it up again
        };
        lookUp();
        return changeFeed.subscribe(lookUp);
    }, [channels, changeFeed, channel, id]);

    return id;
}
