import {useSyncExternalStore} from 'react';

/**
 * A value that several components watch. All state that outlives a component or belongs to more than one of them is in a Store; what
 * only one component needs stays in its `useState`. The value is replaced, never changed in place, so that a comparison tells whether
 * it changed.
 */
export class Store<T> {
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

/** Returns the store's value, and renders the component again when it is replaced. */
export function useStore<T>(store: Store<T>): T {
    return useSyncExternalStore(store.subscribe, store.get);
}
