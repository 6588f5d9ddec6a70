import React, {useEffect, useState} from 'react';
import {createPortal} from 'react-dom';
import {useSelector} from 'react-redux';
import {useConversationId} from 'src/state/use_conversation_id';

import type {GlobalState} from '@mattermost/types/store';

import {Banner} from './banner';

/** The web client's box around the composer of the channel on screen. */
const composerId = 'post-create';

/**
 * The banner on servers before 11.9, which have no place for one: an element of our own is put before the composer's box. Where there
 * is no such box nothing is shown; the channel's header tells the state, and the commands do the api.
 */
export const BannerOverComposer = () => {
    const channel = useSelector(({entities}: GlobalState) => entities.channels.channels[entities.channels.currentChannelId]);
    const mountPoint = useMountPoint(Boolean(useConversationId(channel)));
    return mountPoint && createPortal(<Banner channel={channel}/>, mountPoint);
};

function useMountPoint(wanted: boolean): HTMLElement | null {
    const [mountPoint, setMountPoint] = useState<HTMLElement | null>(null);
    useEffect(() => {
        if (!wanted) {
            return undefined;
        }
        const own = document.createElement('div');
        const insert = () => {
            const composer = document.getElementById(composerId);
            if (composer && composer.previousSibling !== own) {
                composer.before(own);
            }
        };
        insert();

        // The web client may replace the composer's box at any time.
        const observer = new MutationObserver(insert);
        observer.observe(document.body, {childList: true, subtree: true});
        setMountPoint(own);
        return () => {
            observer.disconnect();
            own.remove();
            setMountPoint(null);
        };
    }, [wanted]);
    return mountPoint;
}
