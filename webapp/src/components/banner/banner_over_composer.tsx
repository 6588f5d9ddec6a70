import React, {useEffect, useState} from 'react';
import {createPortal} from 'react-dom';
import {useSelector} from 'react-redux';
import {useConversationId} from 'src/live/use_conversation_id';

import type {GlobalState} from '@mattermost/types/store';

import {Banner} from './banner';

/** The web client's box around the composer of the channel on screen. */
const composerId = 'post-create';

/**
 * The banner on servers before 11.9, which have no place for one: an element of our own is put before the composer's box. Where there
 * is no such box nothing is shown; the channel's header tells the state, and the commands do the rest.
 */
export const BannerOverComposer = () => {
    const channel = useSelector(({entities}: GlobalState) => entities.channels.channels[entities.channels.currentChannelId]);
    const place = usePlace(Boolean(useConversationId(channel)));
    return place && createPortal(<Banner channel={channel}/>, place);
};

function usePlace(wanted: boolean): HTMLElement | null {
    const [place, setPlace] = useState<HTMLElement | null>(null);
    useEffect(() => {
        if (!wanted) {
            return undefined;
        }
        const own = document.createElement('div');
        const put = () => {
            const composer = document.getElementById(composerId);
            if (composer && composer.previousSibling !== own) {
                composer.before(own);
            }
        };
        put();

        // The web client draws the channel's page anew when it likes to.
        const observer = new MutationObserver(put);
        observer.observe(document.body, {childList: true, subtree: true});
        setPlace(own);
        return () => {
            observer.disconnect();
            own.remove();
            setPlace(null);
        };
    }, [wanted]);
    return place;
}
