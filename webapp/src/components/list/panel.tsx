import React from 'react';
import {Customer} from 'src/components/customer/customer';
import {ResultsPane} from 'src/components/results/results_pane';
import {useServices} from 'src/services';
import {useStore} from 'src/state/store';

import {ListView} from './list_view';

/** The right-hand side: the list of conversations, the customer of one, or what came of all. */
export const Panel = () => {
    const {pane, listFilter} = useServices();
    const {conversationId, results} = useStore(pane);

    if (results) {
        return <ResultsPane onBack={() => pane.set({conversationId: ''})}/>;
    }
    return conversationId ? (
        <Customer
            key={conversationId}
            id={conversationId}
            onBack={() => pane.set({conversationId: ''})}
        />
    ) : <ListView filter={listFilter}/>;
};
