import type {Services} from 'src/services';
import type {CommandVerdict} from 'src/types/mattermost_webapp';

import type {CommandArgs} from '@mattermost/types/integrations';

const novo = /^\s*\/whatsapp\s+(?:novo|new)(?:\s+([^]*))?$/i;

/** A number as people type it at the beginning: digits with punctuation, or a link to a chat. */
const number = /^([+(]?\d[\d\s().+-]*\d|https?:\/\/\S+|tel:\S+)(?:\s+|$)/i;

/** Opens the popup for `/whatsapp novo`, filled in with what was typed. Every other command goes to the server. */
export function slashCommandWillBePosted(services: Services) {
    return async (message: string, args: CommandArgs): Promise<CommandVerdict> => {
        const match = novo.exec(message);
        if (!match) {
            return {message, args};
        }
        const rest = (match[1] ?? '').trim();
        const phone = number.exec(rest)?.[1]?.trim() ?? '';
        services.starting.set({channelId: args.channel_id, phone, name: rest.slice(phone.length).trim()});
        return {};
    };
}
