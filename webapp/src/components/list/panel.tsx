import React, {useState} from 'react';
import {Customer} from 'src/components/customer/customer';
import {useServices} from 'src/services';
import type {Filter} from 'src/state/conversation_list';
import {Store, useStore} from 'src/state/store';

import {ListView} from './list_view';

/** The right-hand side: the list of conversations, or the customer of one. */
export const Panel = () => {
    const {pane} = useServices();
    const {conversationId} = useStore(pane);

    // Here and not in the list, so that the reader comes back from a customer to the same list.
    const [filter] = useState(() => new Store<Filter>({tab: 'serving', scope: 'all', q: ''}));
    return conversationId ? (
        <Customer
            key={conversationId}
            id={conversationId}
            onBack={() => pane.set({conversationId: ''})}
        />
    ) : <ListView filter={filter}/>;
};
