/**
 * How often what is on screen is read again although no event arrived, milliseconds. A server node without a cluster sends events
 * only to the clients that are connected to it, so that changes made through another node would never be seen.
 */
export const pollInterval = 30_000;

type Listener = (conversationId: string) => void;

/**
 * Tells its listeners which conversation changed, or '' where any may have. The server's events say so, and so does a websocket that
 * has reconnected, because nobody knows what it missed. While there are listeners, a timer says so too.
 */
export class ChangeFeed {
    private readonly listeners = new Set<Listener>();
    private timer: ReturnType<typeof setInterval> | undefined;

    /** Returns the function that ends the subscription. */
    subscribe(listener: Listener) {
        this.listeners.add(listener);
        this.timer ??= setInterval(() => this.notify(''), pollInterval);
        return () => {
            this.listeners.delete(listener);
            if (this.listeners.size === 0) {
                clearInterval(this.timer);
                this.timer = undefined;
            }
        };
    }

    notify = (conversationId: string) => {
        this.listeners.forEach((listener) => listener(conversationId));
    };
}
