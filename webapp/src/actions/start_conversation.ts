import type {PluginStore} from 'src/types/mattermost_webapp';

import type {Channel} from '@mattermost/types/channels';

import {failure} from './run_command';
import type {RunCommand} from './run_command';

/** Opens the same dialog as typing the command does. */
const command = '/whatsapp novo';

/** Returns the action of "Criar Atendimento": it opens the dialog in the channel given by the web client, or says why not. */
export function startConversation(store: PluginStore, run: RunCommand) {
    return async (channel?: Channel) => {
        if (channel) {
            await run(command, channel, 'whatsapp-ativo.start.failed');
        } else {
            store.dispatch(failure('whatsapp-ativo.start.failed', {key: 'whatsapp-ativo.start.no_channel'}));
        }
    };
}
