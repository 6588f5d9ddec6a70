import {translations} from 'src/i18n';
import type {MessageKey} from 'src/i18n';
import type {Parts} from 'src/parts';
import type {State} from 'src/rest/agent';
import type {ComposerPlaceholder} from 'src/types/mattermost_webapp';

import {localeOf} from './message_will_be_posted';

const placeholders: Record<State, MessageKey> = {
    waiting: 'whatsapp-ativo.placeholder.waiting',
    open: 'whatsapp-ativo.placeholder.open',
    expired: 'whatsapp-ativo.placeholder.expired',
    closed: 'whatsapp-ativo.placeholder.closed',
};

/** Says in the empty composer to whom it speaks. */
export function composerPlaceholder(parts: Parts): ComposerPlaceholder {
    return {
        transform: (placeholder, channel, state) => {
            if (!channel) {
                return placeholder;
            }
            const texts = translations(localeOf(state));
            if (parts.notes.get().has(channel.id)) {
                return texts['whatsapp-ativo.placeholder.note'];
            }
            const id = parts.channels.value(channel.id).get();
            const conversation = id && parts.conversations.value(id).get();
            return conversation ? texts[placeholders[conversation.state]] : placeholder;
        },
    };
}
