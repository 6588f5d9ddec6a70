import {cleanup, render} from '@testing-library/react';
import React from 'react';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

import {refreshInterval, useRefresh} from './use_refresh';

beforeEach(() => {
    vi.useFakeTimers();
});

afterEach(() => {
    cleanup();
    vi.useRealTimers();
});

const List = ({reload}: {reload: () => Promise<void>}) => {
    useRefresh(reload);
    return null;
};

test('a list is read again on coming back and now and then, as long as it is on the page and in view', () => {
    const older = vi.fn();
    const reload = vi.fn();
    const {rerender, unmount} = render(<List reload={older}/>);
    rerender(<List reload={reload}/>);
    expect(reload).toHaveBeenCalledTimes(0);
    window.dispatchEvent(new Event('focus'));
    expect(reload).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2 * refreshInterval);
    expect(reload).toHaveBeenCalledTimes(3);

    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    vi.advanceTimersByTime(2 * refreshInterval);
    expect(reload).toHaveBeenCalledTimes(3);

    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(reload).toHaveBeenCalledTimes(4);
    unmount();
    vi.advanceTimersByTime(2 * refreshInterval);
    expect(reload).toHaveBeenCalledTimes(4);
    expect(older).toHaveBeenCalledTimes(0);
});
