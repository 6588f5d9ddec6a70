import {useEffect, useRef} from 'react';
import type {Conversation} from 'src/api/types';
import {useServices} from 'src/services';

import {waitingText} from './composer';

/** Offers to send what waits in the composer when the customer's answer opens the window, whether somebody has tried to send it or not. */
export function useWaitingText(channelId: string, {state}: Conversation, writingNote: boolean) {
    const {refused} = useServices();
    const before = useRef(state);

    useEffect(() => {
        const opened = before.current !== 'open' && state === 'open';
        before.current = state;
        const text = opened && !writingNote ? waitingText() : '';
        if (text && refused.get()?.channelId !== channelId) {
            refused.set({channelId, rootId: '', message: text, fileIds: []});
        }
    }, [channelId, refused, state, writingNote]);
}
