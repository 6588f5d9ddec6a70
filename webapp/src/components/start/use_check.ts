import {useEffect, useState} from 'react';
import type {AgentApi} from 'src/api/agent_api';
import type {StartBody, StartCheck} from 'src/api/types';
import {useDebounced} from 'src/components/shared/use_debounced';
import {useServices} from 'src/services';

/**
 * Asks the server what would become of a start, when typing pauses. Returns undefined while that is not known of what is typed now: an
 * old verdict never stands beside a new text.
 */
export function useCheck(body?: StartBody): StartCheck | undefined {
    const {api} = useServices();
    const now = body ? JSON.stringify(body) : '';
    const settled = useDebounced(now);
    const [found, setFound] = useState<{of: string; check: StartCheck}>();

    useEffect(() => {
        if (!settled) {
            return undefined;
        }
        let current = true;
        ask(api, JSON.parse(settled)).then((check) => current && setFound({of: settled, check})).catch(() => {}); // the start itself says what is wrong
        return () => {
            current = false;
        };
    }, [api, settled]);

    return found?.of === now ? found.check : undefined;
}

/** Where the customer has a conversation that the template may go to, what counts is what is in the way there. */
async function ask(api: AgentApi, body: StartBody): Promise<StartCheck> {
    const check = await api.checkStart(body);
    if (!check.existing || !check.refusal?.can_confirm) {
        return check;
    }
    return {...await api.checkStart({...body, confirm: true}), existing: check.existing};
}
