import React from 'react';
import {Customer} from 'src/components/customer/customer';
import {useServices} from 'src/services';
import {useStore} from 'src/state/store';

import {ListView} from './list_view';

/** The right-hand side: the list of conversations, or the customer of one. */
export const Panel = () => {
    const {pane, listFilter} = useServices();
    const {conversationId} = useStore(pane);

    return conversationId ? (
        <Customer
            key={conversationId}
            id={conversationId}
            onBack={() => pane.set({conversationId: ''})}
        />
    ) : <ListView filter={listFilter}/>;
};
