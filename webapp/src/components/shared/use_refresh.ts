import {useEffect, useRef} from 'react';

/** How often what is on the page is read again while somebody looks at it, milliseconds. */
export const refreshInterval = 15_000;

/** Calls `reload` when somebody comes back to the page, and at intervals while the page is visible. */
export function useRefresh(reload: () => Promise<void>, interval = refreshInterval) {
    const latest = useRef(reload);
    latest.current = reload;

    useEffect(() => {
        const reloadIfVisible = () => {
            if (document.visibilityState === 'visible') {
                latest.current();
            }
        };
        const timer = setInterval(reloadIfVisible, interval);
        window.addEventListener('focus', reloadIfVisible);
        document.addEventListener('visibilitychange', reloadIfVisible);
        return () => {
            clearInterval(timer);
            window.removeEventListener('focus', reloadIfVisible);
            document.removeEventListener('visibilitychange', reloadIfVisible);
        };
    }, [interval]);
}
