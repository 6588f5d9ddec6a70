import {useEffect, useState} from 'react';

/**
 * The smallest change of the offset that is taken over, milliseconds. Smaller ones come from the time that the response was under way,
 * and would make every countdown stutter.
 */
const tolerance = 1500;

/** How long the offset counts as known, and how long it takes to be asked for again where nobody answered, milliseconds. */
const knownFor = 600_000;
const retryAfter = 30_000;

/**
 * The server's time. Windows end by the server's clock, and the clock of the machine that shows the countdown may be wrong by minutes.
 */
export class Clock {
    /** How far the server's clock is ahead of this machine's, milliseconds. */
    private offset = 0;

    /** When to ask again, by this machine's clock. */
    private askAt = 0;

    /** ask reads the server's time from it. */
    constructor(private readonly ask?: () => Promise<{now: number | null}>) {}

    /** Asks for the time unless it is known: a channel's countdown must be right without a list that was read before it. */
    async keepRight() {
        const requestedAt = Date.now();
        if (!this.ask || (requestedAt < this.askAt && requestedAt >= this.askAt - knownFor)) {
            return;
        }
        this.askAt = requestedAt + retryAfter;
        const {now} = await this.ask().catch(() => ({now: null}));
        this.learn(now, requestedAt);
    }

    /** Takes the server's time from a response to a request that was sent at `requestedAt` of this machine's clock. */
    learn(serverNow: number | null, requestedAt: number) {
        if (serverNow) {
            this.askAt = Date.now() + knownFor;
            const offset = serverNow - ((requestedAt + Date.now()) / 2);
            this.offset = Math.abs(offset - this.offset) > tolerance ? offset : this.offset;
        }
    }

    now = () => Date.now() + this.offset;
}

/** Returns the server's time and renders again each second. */
export function useNow(clock: Clock): number {
    const [now, setNow] = useState(clock.now);
    useEffect(() => {
        const tick = () => {
            clock.keepRight();
            setNow(clock.now());
        };
        tick();
        const timer = setInterval(tick, 1000);
        return () => clearInterval(timer);
    }, [clock]);
    return now;
}
