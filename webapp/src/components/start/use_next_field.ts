import {useCallback, useEffect, useState} from 'react';
import type {RefObject} from 'react';

/**
 * Returns the function that moves the focus to the first field that is still empty, or to the button that sends where none is. It moves
 * after the next render, because a chosen template brings fields of its own. The first time is when the form is ready.
 */
export function useNextField(form: RefObject<HTMLFormElement | null>, ready: boolean) {
    const [moves, setMoves] = useState(0);

    useEffect(() => {
        if (ready) {
            const fields = [...form.current?.querySelectorAll<HTMLInputElement>('input, textarea') ?? []];
            (fields.find((field) => !field.value && !field.dataset.filled) ?? form.current?.querySelector<HTMLElement>('[type=submit]'))?.focus();
        }
    }, [form, ready, moves]);

    return useCallback(() => setMoves((before) => before + 1), []);
}
