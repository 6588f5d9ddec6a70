import {useState} from 'react';
import {ServerError} from 'src/api/client';
import {useText} from 'src/i18n/use_text';
import type {Text} from 'src/i18n/use_text';

/** Why something failed, in the reader's language: the server's own text where it sent one. */
export function errorText(error: unknown, t: Text): string {
    if (!(error instanceof ServerError)) {
        return t('whatsapp-ativo.error.unreachable');
    }
    return error.message || t('whatsapp-ativo.error.status', {status: error.status});
}

type Outcome = {busy: boolean; failure: string; fields: Record<string, string>};

/** Something that a component has the server do: whether it is under way, and what went wrong the last time. */
export function useAction() {
    const t = useText();

    // One state and not three: the web client's React renders after each of several changes, and a failure would show without its fields.
    const [outcome, setOutcome] = useState<Outcome>({busy: false, failure: '', fields: {}});

    const run = async (action: () => Promise<unknown>) => {
        setOutcome({busy: true, failure: '', fields: {}});
        let after: Outcome = {busy: false, failure: '', fields: {}};
        try {
            await action();
        } catch (error) {
            after = {busy: false, failure: errorText(error, t), fields: error instanceof ServerError ? error.fields : {}};
        }
        setOutcome(after);
    };
    return {...outcome, run};
}
