import {useCallback, useEffect, useRef, useState} from 'react';
import type {StartBody, StartOptions, StartTemplate} from 'src/api/types';
import {useLoad} from 'src/components/shared/use_load';
import {useServices} from 'src/services';
import type {Starting} from 'src/services';
import {forgetDraft, lastTemplate, readDraft, saveDraft} from 'src/state/start_draft';
import type {StartDraft} from 'src/state/start_draft';

/** Everything that somebody fills in. */
export type Typed = StartDraft & {

    /** The known customer that was chosen, whose document the server has: cpfMasked; '' = none. */
    customerId: string;
    cpfMasked: string;
    cpf: string;
    reason: string;
    origin: string;
    note: string;
};

const empty: Typed = {queueId: '', templateId: '', values: {}, name: '', phone: '', chosenName: '', customerId: '', cpfMasked: '', cpf: '', reason: '', origin: '', note: ''};

/** What the popup is filled in with: what was typed behind the command, else what was typed within the last hour, which is `restored`. */
function initial(userId: string, {name, phone, failed}: Starting): {begin: Typed; restored: boolean} {
    if (failed) {
        const {id, queue_id: queueId, template, customer, variables = {}, consent} = failed;
        return {restored: false, begin: {...empty, queueId, templateId: template.id, values: variables, ...customer, customerId: id, cpfMasked: customer.cpf_masked, origin: consent?.origin ?? '', note: consent?.note ?? ''}};
    }
    const draft = name || phone ? undefined : readDraft(userId);
    return {restored: Boolean(draft), begin: {...empty, ...(draft ?? {name, phone})}};
}

/** What can be started, and what was typed. */
export function useStartForm(begin: Starting) {
    const {api, reduxStore} = useServices();
    const userId = reduxStore.getState().entities.users.currentUserId;
    const [first] = useState(() => initial(userId, begin));
    const [typed, setTyped] = useState(first.begin);
    const [restored, setRestored] = useState(first.restored);
    const {queueId} = typed;
    const latest = useRef<StartOptions | undefined>(undefined);
    const [ready, setReady] = useState(false);
    const {value: options, failure} = useLoad(async () => {
        if (!queueId || latest.current?.queue_id !== queueId) {
            // The queue of a kept draft may no longer be one of the reader's.
            latest.current = await api.startOptions(queueId).catch((error) => (queueId ? api.startOptions('') : Promise.reject(error)));
        }
        return latest.current!;
    }, [api, queueId]);
    const change = (part: Partial<Typed>) => setTyped((before) => ({...before, ...part}));

    /** The queue of the channel on screen, or the first; the template that was sent last, or the only one. */
    const withDefaults = useCallback((before: Typed): Typed => {
        if (!options) {
            return before;
        }
        const {queues, templates} = options;
        const queue = queues.find((q) => q.id === before.queueId) ?? queues.find((q) => q.channel_id === begin.channelId) ?? queues.find((q) => q.id === options.queue_id);
        const usable = templates.filter((one) => one.usable);
        const template = usable.find((one) => one.id === before.templateId) ?? usable.find((one) => one.id === lastTemplate(userId)) ?? (usable.length === 1 ? usable[0] : undefined);
        return {...before, queueId: queue?.id ?? '', templateId: template?.id ?? ''};
    }, [options, begin.channelId, userId]);

    useEffect(() => {
        if (options) {
            setTyped(withDefaults);
            setReady(true);
        }
    }, [options, withDefaults]);

    const forget = () => forgetDraft(userId);
    const clear = () => {
        setTyped(withDefaults(empty));
        setRestored(false);
    };

    useEffect(() => {
        const {queueId: queue, templateId, values, name, phone, chosenName, sendAt} = typed;
        if (name || phone || Object.values(values).some(Boolean)) {
            saveDraft(userId, {queueId: queue, templateId, values, name, phone, chosenName, sendAt});
        } else {
            forgetDraft(userId); // whoever emptied the form does not want it back
        }
    }, [typed, userId]);

    const template = options?.templates.find((one) => one.id === typed.templateId);
    const values = valuesOf(typed, template);
    return {userId, options: ready ? options : undefined, failure, typed, change, restored, clear, forget, template, values, body: template && bodyOf(typed, template, values)};
}

/** The values of the template's variables, and of no others: what was typed, else what an administrator has them begin with. */
const valuesOf = ({values}: Typed, template?: StartTemplate): Record<string, string> =>
    Object.fromEntries((template?.variables ?? []).map(({element, default: begin}) => [element, values[element] ?? begin]));

/** The request for what was typed. */
function bodyOf({queueId, customerId, name, phone, cpf, reason, origin, note, sendAt}: Typed, template: StartTemplate, values: Record<string, string>): StartBody {
    return {
        queue_id: queueId,
        template: {name: template.name, language: template.language},
        variables: values,
        customer: {...(customerId ? {id: customerId} : {}), name, cpf, phone},
        ...(origin ? {consent: {origin, note}} : {}),
        ...(reason ? {reason} : {}),
        ...(sendAt ? {send_at: new Date(sendAt).getTime()} : {}),
    };
}
