import React from 'react';
import {useText} from 'src/i18n/use_text';
import type {Tab} from 'src/live/conversation_list';

import {emptyHints, emptyTitles} from './states';

/** An empty list says why it is empty and how something comes into it. */
export const Empty = ({tab, q}: {tab: Tab; q: string}) => {
    const t = useText();
    return (
        <div
            className='WhatsappAtivoEmpty'
            role='status'
        >
            <strong>{q ? t('whatsapp-ativo.empty.search', {q}) : t(emptyTitles[tab])}</strong>
            <span>{t(q ? 'whatsapp-ativo.empty.search_hint' : emptyHints[tab])}</span>
        </div>
    );
};
