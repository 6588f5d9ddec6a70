/** How often what is on screen is read anew without an event: a server without a cluster tells only its own clients. Milliseconds. */
export const pollGap = 30_000;

type Listener = (id: string) => void;

/**
 * Says which conversation changed; '' = any may have. The server's events say it, and so does a socket that comes back: what it
 * missed is not known. While somebody listens, the clock says it too.
 */
export class Feed {
    private readonly listeners = new Set<Listener>();
    private timer: ReturnType<typeof setInterval> | undefined;

    listen(listener: Listener) {
        this.listeners.add(listener);
        this.timer ??= setInterval(() => this.changed(''), pollGap);
        return () => {
            this.listeners.delete(listener);
            if (this.listeners.size === 0) {
                clearInterval(this.timer);
                this.timer = undefined;
            }
        };
    }

    changed = (id: string) => {
        this.listeners.forEach((listener) => listener(id));
    };
}
