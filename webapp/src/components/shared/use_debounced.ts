import {useEffect, useState} from 'react';

/** How long typing must pause before the server is asked, milliseconds. */
const delay = 250;

/** Returns the value as it was when it last stopped changing. */
export function useDebounced(value: string): string {
    const [settled, setSettled] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setSettled(value), delay);
        return () => clearTimeout(timer);
    }, [value]);
    return settled;
}
