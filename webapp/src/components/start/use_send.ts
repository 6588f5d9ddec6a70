import {useRef} from 'react';
import {openChannel} from 'src/actions/open_channel';
import type {StartBody} from 'src/api/types';
import {useAction} from 'src/components/shared/use_action';
import {useServices} from 'src/services';
import {forgetDraft, rememberTemplate} from 'src/state/start_draft';

/** Sends a start and opens its channel. The same text sent again after a failure keeps its key, so that the customer gets it once. */
export function useSend(userId: string, onDone: () => void) {
    const {api, reduxStore, pane} = useServices();
    const {busy, failure, fields, run} = useAction();
    const last = useRef({body: '', key: ''});

    const show = (conversation: Parameters<typeof openChannel>[1] & {id: string}) => {
        onDone();
        if (!openChannel(reduxStore.getState(), conversation)) {
            pane.set({conversationId: conversation.id});
        }
    };
    const send = (body: StartBody, templateId: string) => run(async () => {
        const text = JSON.stringify(body);
        if (last.current.body !== text) {
            last.current = {body: text, key: newKey()};
        }
        const conversation = await api.start(body, last.current.key);
        forgetDraft(userId);
        rememberTemplate(userId, templateId);
        show(conversation);
    });
    const openExisting = (id: string) => run(async () => show(await api.conversation(id)));
    return {send, openExisting, busy, failure, fields};
}

/** Not crypto.randomUUID: a page without https does not have it. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
