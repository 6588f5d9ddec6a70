import {useEffect, useRef} from 'react';

/** How often what is on the page is read again while somebody looks at it, milliseconds. */
export const freshFor = 15_000;

/** Calls `reload` when somebody comes back to the page, and now and then while it is in view. */
export function useFresh(reload: () => Promise<void>, every = freshFor) {
    const latest = useRef(reload);
    latest.current = reload;

    useEffect(() => {
        const look = () => {
            if (document.visibilityState === 'visible') {
                latest.current();
            }
        };
        const timer = setInterval(look, every);
        window.addEventListener('focus', look);
        document.addEventListener('visibilitychange', look);
        return () => {
            clearInterval(timer);
            window.removeEventListener('focus', look);
            document.removeEventListener('visibilitychange', look);
        };
    }, [every]);
}
