import {ServerError} from 'src/client';
import type {Client} from 'src/client';
import type {MessageKey} from 'src/i18n';
import type {Line} from 'src/reducer';
import {closeNotice, showNotice} from 'src/reducer';
import type {PluginStore} from 'src/types/mattermost_webapp';

/** Where a command is run. Direct and group channels belong to no team. */
export type Place = {id: string; team_id: string};

/** Runs a slash command in a channel and tells whether it was run; if not, a notice under the title says why. */
export type RunCommand = (command: string, place: Place, failed: MessageKey) => Promise<boolean>;

/**
 * Returns what runs the commands that agents can also type, so that there is one way of doing each thing for the web, desktop and
 * phone apps. A dialog that the server opens for it opens here. One command at a time: a second click while the first is under
 * way would do it twice.
 */
export function commandRunner(store: PluginStore, client: Pick<Client, 'executeCommand'>): RunCommand {
    let running = false;

    return async (command, place, failed) => {
        if (running) {
            return false;
        }
        running = true;
        store.dispatch(closeNotice());
        try {
            const teamId = place.team_id || store.getState().entities.teams.currentTeamId;
            const {trigger_id: triggerId} = await client.executeCommand(command, {channel_id: place.id, team_id: teamId});

            // The dialog comes over the websocket to every client of the user; only the one that knows the trigger opens it.
            if (triggerId) {
                store.dispatch({type: 'RECEIVED_DIALOG_TRIGGER_ID', data: triggerId});
            }
            return true;
        } catch (error) {
            store.dispatch(failure(failed, reason(error)));
            return false;
        } finally {
            running = false;
        }
    };
}

export const failure = (title: MessageKey, why: Line) => showNotice({title: {key: title}, reason: why});

export function reason(error: unknown): Line {
    if (!(error instanceof ServerError)) {
        return {key: 'whatsapp-ativo.error.unreachable'};
    }
    return error.message ? {text: error.message} : {key: 'whatsapp-ativo.error.status', values: {status: error.status}};
}
