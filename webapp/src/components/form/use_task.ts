import {useCallback, useEffect, useRef, useState} from 'react';
import {ServerError} from 'src/client';
import {useText} from 'src/i18n/use_text';
import type {Text} from 'src/i18n/use_text';

/** Why something failed, in the reader's language: the server's own text where it sent one. */
export function failureText(error: unknown, t: Text): string {
    if (!(error instanceof ServerError)) {
        return t('whatsapp-ativo.error.unreachable');
    }
    return error.message || t('whatsapp-ativo.error.status', {status: error.status});
}

type Outcome = {busy: boolean; failure: string; fields: Record<string, string>};

/** Something the admin has the server do, one at a time: whether it runs, and what went wrong the last time. */
export function useTask() {
    const t = useText();

    // One state: the web client renders after each change of several, and a failure must not be seen without its fields.
    const [outcome, setOutcome] = useState<Outcome>({busy: false, failure: '', fields: {}});

    const run = async (doing: () => Promise<unknown>) => {
        setOutcome({busy: true, failure: '', fields: {}});
        let after: Outcome = {busy: false, failure: '', fields: {}};
        try {
            await doing();
        } catch (error) {
            after = {busy: false, failure: failureText(error, t), fields: error instanceof ServerError ? error.fields : {}};
        }
        setOutcome(after);
    };
    return {...outcome, run};
}

/** Something read from the server: undefined until it is there. What an older question answers is dropped. */
export function useLoad<T>(load: () => Promise<T>, dependencies: unknown[]) {
    const t = useText();
    const [value, setValue] = useState<T>();
    const [failure, setFailure] = useState('');
    const last = useRef(0);

    const reload = useCallback(async () => {
        const mine = ++last.current;
        try {
            const answer = await load();
            if (mine === last.current) {
                setValue(answer);
                setFailure('');
            }
        } catch (error) {
            if (mine === last.current) {
                setFailure(failureText(error, t));
            }
        }
    }, dependencies); // eslint-disable-line react-hooks/exhaustive-deps

    useEffect(() => {
        const asked = last;
        reload();
        return () => {
            asked.current++;
        };
    }, [reload]);
    return {value, failure, reload, setValue};
}

/** How long typing may pause before the server is asked, milliseconds. */
const typingPause = 250;

/** The value once it stops changing. */
export function usePause(value: string): string {
    const [still, setStill] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setStill(value), typingPause);
        return () => clearTimeout(timer);
    }, [value]);
    return still;
}
