import {useEffect, useState} from 'react';
import type {KnownCustomer} from 'src/api/types';
import {useDebounced} from 'src/components/shared/use_debounced';
import {useServices} from 'src/services';

/** How much must be typed before it is looked up. A document is found by the whole of it only, so that no part of one is sent anywhere. */
const shortest = 3;
const document = /^[\d.\-/]{7,}$/;
const wholeDocument = /^(\d{3}\.\d{3}\.\d{3}-\d\d|[\dA-Z]{2}\.[\dA-Z]{3}\.[\dA-Z]{3}\/[\dA-Z]{4}-\d\d)$/;

/** The known customers that fit what is typed: a name, a number, a document. */
export function useKnownCustomers(typed: string): KnownCustomer[] {
    const {api} = useServices();
    const q = useDebounced(typed.trim());
    const [found, setFound] = useState<{q: string; items: KnownCustomer[]}>({q: '', items: []});
    const wanted = q.length >= shortest && (!document.test(q) || wholeDocument.test(q));

    useEffect(() => {
        if (!wanted) {
            return undefined;
        }
        let current = true;
        api.customers(q).then(({items}) => current && setFound({q, items})).catch(() => {}); // everything can be typed
        return () => {
            current = false;
        };
    }, [api, q, wanted]);

    return wanted && found.q === q && typed.trim() === q ? found.items : [];
}
