/**
 * Runs something soon after it is asked for, and not again before the gap is over, however often it is asked. While the page is
 * hidden it waits until somebody looks.
 */
export class Soon {
    private timer: ReturnType<typeof setTimeout> | undefined;
    private last = 0;

    /** delay and gap are milliseconds. */
    constructor(private readonly run: () => void, private readonly delay: number, private readonly gap: number) {}

    ask = () => {
        if (this.timer !== undefined) {
            return;
        }
        if (document.hidden) {
            document.addEventListener('visibilitychange', this.ask, {once: true});
            return;
        }
        this.timer = setTimeout(this.now, Math.max(this.delay, this.last + (this.gap - Date.now())));
    };

    now = () => {
        this.stop();
        this.last = Date.now();
        this.run();
    };

    stop = () => {
        clearTimeout(this.timer);
        this.timer = undefined;
        document.removeEventListener('visibilitychange', this.ask);
    };
}
