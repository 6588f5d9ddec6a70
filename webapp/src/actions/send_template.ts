import type {RunCommand, Place} from './run_command';

/** A command and not REST, because the server opens a dialog for it, with the trigger id of the command. */
const command = '/whatsapp modelo';

/** Opens the dialog that sends a template in a conversation's channel. */
export const sendTemplate = (runCommand: RunCommand, channel: Place) => runCommand(command, channel, 'whatsapp-ativo.action.failed');
