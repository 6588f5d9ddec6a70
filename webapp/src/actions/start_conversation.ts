import type {Services} from 'src/services';

import type {Channel} from '@mattermost/types/channels';

/** A command and not REST, because the server opens a dialog for it, with the trigger id of the command. */
const command = '/whatsapp novo';

/** Opens the dialog of "Criar Atendimento" in the channel on screen, or says why it cannot be opened. */
export async function startConversation({runCommand, notice}: Services, channel?: Channel) {
    if (channel) {
        await runCommand(command, channel, 'whatsapp-ativo.start.failed');
    } else {
        notice.set({title: {key: 'whatsapp-ativo.start.failed'}, reason: {key: 'whatsapp-ativo.start.no_channel'}});
    }
}
