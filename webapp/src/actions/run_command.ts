import type {Client} from 'src/api/client';
import type {MessageKey} from 'src/i18n';
import type {PluginStore} from 'src/types/mattermost_webapp';

import type {TryAction} from './try_action';

/** Where a command is run. Direct and group channels belong to no team. */
export type Place = {id: string; team_id: string};

/** Runs a slash command in a channel and returns whether it was run; where it was not, a notice with the given title says why. */
export type RunCommand = (command: string, place: Place, failed: MessageKey) => Promise<boolean>;

/**
 * Buttons call the REST API. A slash command is run only for what the REST API cannot do: have the server open a dialog, for which it
 * needs a trigger id that Mattermost gives to commands and not to plugins' requests, and look up a name that somebody typed.
 */
export function commandRunner(reduxStore: PluginStore, client: Pick<Client, 'executeCommand'>, tryAction: TryAction): RunCommand {
    return (command, place, failed) => tryAction(async () => {
        const teamId = place.team_id || reduxStore.getState().entities.teams.currentTeamId;
        const {trigger_id: triggerId} = await client.executeCommand(command, {channel_id: place.id, team_id: teamId});

        // The server sends the dialog over the websocket to all clients of the user; only the one that knows the trigger id opens it.
        if (triggerId) {
            reduxStore.dispatch({type: 'RECEIVED_DIALOG_TRIGGER_ID', data: triggerId});
        }
    }, failed);
}
