import {useEffect, useState} from 'react';

/** How far the server's clock is ahead of this machine's, milliseconds. */
export class Clock {
    private ahead = 0;

    /** Learns the server's time from an answer to a question that was asked at `askedAt` of this machine's clock. */
    learn(serverNow: number | null, askedAt: number) {
        if (serverNow) {
            const ahead = serverNow - ((askedAt + Date.now()) / 2);

            // Less is the way of the answer, and would let every count-down stumble.
            this.ahead = Math.abs(ahead - this.ahead) > 1500 ? ahead : this.ahead;
        }
    }

    now = () => Date.now() + this.ahead;
}

/** The server's time, anew each second. */
export function useNow(clock: Clock): number {
    const [now, setNow] = useState(clock.now);
    useEffect(() => {
        const timer = setInterval(() => setNow(clock.now()), 1000);
        return () => clearInterval(timer);
    }, [clock]);
    return now;
}
