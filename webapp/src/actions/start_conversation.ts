import type {Services} from 'src/services';

import type {Channel} from '@mattermost/types/channels';

/** Opens the popup of "Criar Atendimento". In the channel of a queue that queue is chosen. */
export function startConversation({starting, notice}: Services, channel?: Channel) {
    notice.set(null);
    starting.set({channelId: channel?.id ?? '', phone: '', name: ''});
}
