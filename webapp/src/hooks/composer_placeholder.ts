import type {State} from 'src/api/types';
import {translations} from 'src/i18n';
import type {MessageKey} from 'src/i18n';
import type {Services} from 'src/services';
import type {ComposerPlaceholder} from 'src/types/mattermost_webapp';

import {localeOf} from './message_will_be_posted';

const placeholders: Record<State, MessageKey> = {
    waiting: 'whatsapp-ativo.placeholder.waiting',
    open: 'whatsapp-ativo.placeholder.open',
    expired: 'whatsapp-ativo.placeholder.expired',
    closed: 'whatsapp-ativo.placeholder.closed',
};

/** The text in the empty composer says who will receive what is written there. */
export function composerPlaceholder(services: Services): ComposerPlaceholder {
    return {
        transform: (placeholder, channel, state) => {
            if (!channel) {
                return placeholder;
            }
            const texts = translations(localeOf(state));
            if (services.notes.get().has(channel.id)) {
                return texts['whatsapp-ativo.placeholder.note'];
            }
            const id = services.channels.conversationId(channel.id).get();
            const conversation = id && services.conversations.store(id).get();
            return conversation ? texts[placeholders[conversation.state]] : placeholder;
        },
    };
}
