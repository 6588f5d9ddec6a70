import {useSyncExternalStore} from 'react';

/** A value that components watch. It is replaced, never changed in place. */
export class Value<T> {
    private readonly listeners = new Set<() => void>();

    constructor(private value: T) {}

    get = () => this.value;

    set = (value: T) => {
        if (value !== this.value) {
            this.value = value;
            this.listeners.forEach((listener) => listener());
        }
    };

    subscribe = (listener: () => void) => {
        this.listeners.add(listener);
        return () => {
            this.listeners.delete(listener);
        };
    };
}

export function useValue<T>(value: Value<T>): T {
    return useSyncExternalStore(value.subscribe, value.get);
}
