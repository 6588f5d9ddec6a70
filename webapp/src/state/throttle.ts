/**
 * Bounds how often something expensive runs: a short delay after a request, so that a burst of requests is one run, and not again
 * before an interval has passed. While the page is hidden nothing runs; the request is kept until somebody looks at the page.
 */
export class Throttle {
    private timer: ReturnType<typeof setTimeout> | undefined;
    private lastRun = 0;

    /** delay and interval are milliseconds. */
    constructor(private readonly run: () => void, private readonly delay: number, private readonly interval: number) {}

    request = () => {
        if (this.timer !== undefined) {
            return;
        }
        if (document.hidden) {
            document.addEventListener('visibilitychange', this.request, {once: true});
            return;
        }
        this.timer = setTimeout(this.runNow, Math.max(this.delay, this.lastRun + (this.interval - Date.now())));
    };

    runNow = () => {
        this.cancel();
        this.lastRun = Date.now();
        this.run();
    };

    cancel = () => {
        clearTimeout(this.timer);
        this.timer = undefined;
        document.removeEventListener('visibilitychange', this.request);
    };
}
