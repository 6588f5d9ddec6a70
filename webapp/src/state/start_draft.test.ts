import {cleanDrafts, forgetDraft, keptFor, lastTemplate, readDraft, rememberTemplate, saveDraft} from 'src/state/start_draft';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

const draft = {queueId: 'q1', templateId: 't1', values: {body_1: 'Marina'}, name: 'Marina', phone: '(11) 98765-4321', chosenName: ''};

beforeEach(() => localStorage.clear());

afterEach(() => {
    vi.useRealTimers();
});

test('what was typed is kept for an hour, for its user alone', () => {
    vi.useFakeTimers();
    saveDraft('u1', draft);
    expect(readDraft('u1')).toMatchObject(draft);
    expect(readDraft('u2')).toBeUndefined();
    vi.advanceTimersByTime(keptFor - 1);
    expect(readDraft('u1')).toBeDefined();
    vi.advanceTimersByTime(1);
    expect(localStorage.length).toBe(0);
    expect(readDraft('u1')).toBeUndefined();
});

test('what a closed tab has left is forgotten when the plugin is loaded, whoever typed it', () => {
    vi.useFakeTimers();
    const begin = Date.now();
    saveDraft('u1', draft);
    vi.setSystemTime(begin + (keptFor / 2));
    saveDraft('u2', draft);
    vi.setSystemTime(begin + keptFor); // without the timers of the closed tab
    cleanDrafts();
    expect(readDraft('u2')).toBeDefined();
    expect(localStorage.length).toBe(1);
    vi.advanceTimersByTime(keptFor / 2);
    expect(localStorage.length).toBe(0);
});

test('a draft is forgotten, the template that was sent last is not', () => {
    saveDraft('u1', draft);
    rememberTemplate('u1', 't1');
    forgetDraft('u1');
    expect(readDraft('u1')).toBeUndefined();
    expect(lastTemplate('u1')).toBe('t1');
});

test('a browser that stores nothing is no error', () => {
    vi.stubGlobal('localStorage', {getItem: () => {
        throw new Error('forbidden');
    }});
    expect(() => saveDraft('u1', draft)).not.toThrow();
    expect(readDraft('u1')).toBeUndefined();
});
