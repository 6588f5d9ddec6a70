import {useCallback, useEffect, useRef, useState} from 'react';
import {useText} from 'src/i18n/use_text';

import {errorText} from './use_action';

/** Something that a component reads from the server: undefined until it is there. A late response to an older request is dropped. */
export function useLoad<T>(load: () => Promise<T>, dependencies: unknown[]) {
    const t = useText();
    const [value, setValue] = useState<T>();
    const [failure, setFailure] = useState('');
    const requests = useRef(0);

    const reload = useCallback(async () => {
        const request = ++requests.current;
        try {
            const loaded = await load();
            if (request === requests.current) {
                setValue(loaded);
                setFailure('');
            }
        } catch (error) {
            if (request === requests.current) {
                setFailure(errorText(error, t));
            }
        }
    }, dependencies); // eslint-disable-line react-hooks/exhaustive-deps

    useEffect(() => {
        const counter = requests;
        reload();
        return () => {
            counter.current++;
        };
    }, [reload]);
    return {value, failure, reload, setValue};
}
