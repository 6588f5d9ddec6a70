import {Clock} from 'src/state/clock';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

beforeEach(() => {
    vi.useFakeTimers();
});

afterEach(() => {
    vi.useRealTimers();
});

const minute = 60_000;
const passed = async (clock: Clock, ms: number) => {
    vi.advanceTimersByTime(ms);
    await clock.keepRight();
};

test('the time is asked for once, and again when it may have drifted', async () => {
    const ask = vi.fn(async () => ({now: Date.now() + (5 * minute)}));
    const clock = new Clock(ask);
    await Promise.all([clock.keepRight(), clock.keepRight()]);
    expect(clock.now()).toBe(Date.now() + (5 * minute));
    await passed(clock, 9 * minute);
    expect(ask).toHaveBeenCalledTimes(1);
    await passed(clock, 2 * minute);
    expect(ask).toHaveBeenCalledTimes(2);
});

test('what was learned elsewhere need not be asked for', async () => {
    const ask = vi.fn(async () => ({now: Date.now()}));
    const clock = new Clock(ask);
    clock.learn(Date.now() + minute, Date.now());
    await clock.keepRight();
    expect(ask).not.toHaveBeenCalled();
});

test('a server that does not answer is asked again, but not every second', async () => {
    const ask = vi.fn(async () => Promise.reject(new Error('down')));
    const clock = new Clock(ask);
    for (let second = 0; second < 40; second++) {
        // eslint-disable-next-line no-await-in-loop
        await passed(clock, 1000);
    }
    expect(ask).toHaveBeenCalledTimes(2);
});

test('a machine whose clock was set back asks again', async () => {
    const ask = vi.fn(async () => ({now: 1_000_000_000_000}));
    const clock = new Clock(ask);
    await clock.keepRight();
    vi.setSystemTime(Date.now() - (60 * minute));
    await clock.keepRight();
    expect(ask).toHaveBeenCalledTimes(2);
    expect(clock.now()).toBe(1_000_000_000_000);
});
