import {useEffect, useState} from 'react';

/**
 * The smallest change of the offset that is taken over, milliseconds. Smaller ones come from the time that the response was under way,
 * and would make every countdown stutter.
 */
const tolerance = 1500;

/**
 * The server's time. Windows end by the server's clock, and the clock of the machine that shows the countdown may be wrong by minutes.
 */
export class Clock {
    /** How far the server's clock is ahead of this machine's, milliseconds. */
    private offset = 0;

    /** Takes the server's time from a response to a request that was sent at `requestedAt` of this machine's clock. */
    learn(serverNow: number | null, requestedAt: number) {
        if (serverNow) {
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
        const timer = setInterval(() => setNow(clock.now()), 1000);
        return () => clearInterval(timer);
    }, [clock]);
    return now;
}
