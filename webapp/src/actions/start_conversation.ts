
import {ServerError} from 'src/client';
import type {Client} from 'src/client';
import type {Line} from 'src/reducer';
import {closeNotice, showNotice} from 'src/reducer';
import type {PluginStore} from 'src/types/mattermost_webapp';

import type {Channel} from '@mattermost/types/channels';

/** Opens the same dialog as typing the command does, so that there is one dialog for the web, desktop and phone apps. */
const command = '/whatsapp novo';

/** Returns the action of "Criar Atendimento": it opens the dialog in the channel given by the web client, or says why not. */
export function startConversation(store: PluginStore, client: Pick<Client, 'executeCommand'>) {
    let running = false;

    return async (channel?: Channel) => {
        // A second click while the first is under way would open the dialog twice.
        if (running) {
            return;
        }
        running = true;
        store.dispatch(closeNotice());
        try {
            if (!channel) {
                store.dispatch(failure({key: 'whatsapp-ativo.start.no_channel'}));
                return;
            }

            // Direct and group channels belong to no team, and the command needs one.
            const teamId = channel.team_id || store.getState().entities.teams.currentTeamId;
            const {trigger_id: triggerId} = await client.executeCommand(command, {channel_id: channel.id, team_id: teamId});

            // The dialog comes over the websocket to every client of the user; only the one that knows the trigger opens it.
            if (triggerId) {
                store.dispatch({type: 'RECEIVED_DIALOG_TRIGGER_ID', data: triggerId});
            }
        } catch (error) {
            store.dispatch(failure(reason(error)));
        } finally {
            running = false;
        }
    };
}

const failure = (why: Line) => showNotice({title: {key: 'whatsapp-ativo.start.failed'}, reason: why});

function reason(error: unknown): Line {
    if (!(error instanceof ServerError)) {
        return {key: 'whatsapp-ativo.error.unreachable'};
    }
    return error.message ? {text: error.message} : {key: 'whatsapp-ativo.error.status', values: {status: error.status}};
}
