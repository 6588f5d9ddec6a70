import {manifest} from 'src/manifest';

import {tabs} from './conversation_list';
import type {Filter} from './conversation_list';

const mark = `#${manifest.id}?`;

/**
 * The end of an address that opens the list with a filter, for a bookmark. What is searched for is left out: it may be a person's document,
 * and addresses stay in the browser's history.
 */
export function listLink({tab, scope, attendant, waits}: Filter): string {
    const params = new URLSearchParams({tab, scope});
    if (attendant) {
        params.set('attendant', attendant);
    }
    if (waits) {
        params.set('waits', waits);
    }
    return mark + params;
}

/** The filter of such an address; undefined where it has none, or none that could be ours. */
export function linkedFilter(hash: string): Filter | undefined {
    if (!hash.startsWith(mark)) {
        return undefined;
    }
    const params = new URLSearchParams(hash.slice(mark.length));
    const tab = tabs.find((name) => name === params.get('tab'));
    const scope = params.get('scope') ?? '';
    const attendant = params.get('attendant') ?? '';
    const waits = params.get('waits') ?? '';
    const isId = (text: string) => (/^[a-z0-9]{26}$/).test(text);
    if (!tab || (scope !== 'all' && scope !== 'mine' && !isId(scope)) || (attendant && !isId(attendant)) || !(/^\d{0,5}$/).test(waits)) {
        return undefined;
    }
    return {tab, scope, q: '', attendant, waits};
}
