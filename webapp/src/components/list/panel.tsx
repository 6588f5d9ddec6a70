import React from 'react';
import {Customer} from 'src/components/customer/customer';
import {RepliesOf} from 'src/components/replies/replies_of';
import {Results} from 'src/components/results/results';
import {ScheduledStarts} from 'src/components/scheduled/scheduled_starts';
import {SmallButton} from 'src/components/shared/small_button';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import {useStore} from 'src/state/store';

import {ListView} from './list_view';
import styles from './panel.module.css';

/** The right-hand side: the list of conversations, the customer of one, what came of all, the quick replies, or what is scheduled. */
export const Panel = () => {
    const t = useText();
    const {pane, listFilter} = useServices();
    const {conversationId, results, replies, scheduled} = useStore(pane);
    const back = () => pane.set({conversationId: ''});

    if (results || replies || scheduled) {
        return (
            <div className={styles.pane}>
                <SmallButton onClick={back}>{t('whatsapp-ativo.results.back')}</SmallButton>
                {results && <Results/>}
                {replies && <RepliesOf/>}
                {scheduled && <ScheduledStarts/>}
            </div>
        );
    }
    return conversationId ? (
        <Customer
            key={conversationId}
            id={conversationId}
            onBack={back}
        />
    ) : <ListView filter={listFilter}/>;
};
