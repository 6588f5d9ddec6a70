import React, {useState} from 'react';
import {Customer} from 'src/components/customer/customer';
import type {Filter} from 'src/live/conversation_list';
import {useValue} from 'src/live/value';
import {useParts} from 'src/parts';

import {ListView} from './list_view';

import './conversations.css';

/** The right-hand side: the conversations, or the customer of one. */
export const Panel = () => {
    const {pane} = useParts();
    const {conversationId} = useValue(pane);
    const [remembered] = useState<{filter?: Filter}>({});
    return conversationId ? (
        <Customer
            key={conversationId}
            id={conversationId}
            onBack={() => pane.set({conversationId: ''})}
        />
    ) : <ListView remembered={remembered}/>;
};
