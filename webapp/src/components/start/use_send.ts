import {useRef} from 'react';
import {openChannel} from 'src/actions/open_channel';
import type {Scheduled, StartBody, StartTemplate} from 'src/api/types';
import {useAction} from 'src/components/shared/use_action';
import {useFormat} from 'src/i18n/use_format';
import {useServices} from 'src/services';
import {forgetDraft, rememberTemplate} from 'src/state/start_draft';

import {titleOf} from './template_picker';

/**
 * Sends a start and opens its channel, or puts it off and says so. The same text sent again after a failure keeps its key, so that the
 * customer gets it once.
 */
export function useSend(userId: string, failed: Scheduled | undefined, onDone: () => void) {
    const format = useFormat();
    const services = useServices();
    const {api, pane, notice} = services;
    const {busy, failure, fields, run} = useAction();
    const last = useRef({body: '', key: ''});

    const show = (conversation: Parameters<typeof openChannel>[1] & {id: string}) => {
        onDone();
        if (!openChannel(services, conversation)) {
            pane.set({conversationId: conversation.id});
        }
    };
    const send = (body: StartBody, template: StartTemplate) => run(async () => {
        const text = JSON.stringify(body);
        if (last.current.body !== text) {
            last.current = {body: text, key: newKey()};
        }
        const made = await api.start(body, last.current.key);
        forgetDraft(userId);
        rememberTemplate(userId, template.id);
        if (failed) {
            api.cancelScheduled(failed.id).catch(() => {}); // it stays on the list, where it can be removed
        }
        if ('send_at' in made) {
            onDone();
            notice.set({good: true, title: {key: 'whatsapp-ativo.start.scheduled', values: {time: format.time(made.send_at)}}, reason: {text: `${titleOf(template)} · ${made.customer.name}`}});
        } else {
            show(made);
        }
    });
    const openExisting = (id: string) => run(async () => show(await api.conversation(id)));
    return {send, openExisting, busy, failure, fields};
}

/** Not crypto.randomUUID: a page without https does not have it. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
