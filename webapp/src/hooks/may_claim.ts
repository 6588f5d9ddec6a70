import {useSelector} from 'react-redux';
import type {Conversation} from 'src/api/types';

import type {GlobalState} from '@mattermost/types/store';

/** Whether the reader may take a conversation over: nobody serves the customer, or the customer waits for somebody else who is away. */
export function useMayClaim({state, attendant_id: attendant, attendant_absent: absent}: Conversation): boolean {
    const me = useSelector(({entities}: GlobalState) => entities.users.currentUserId);
    return state !== 'closed' && (!attendant || Boolean(absent && attendant !== me));
}
