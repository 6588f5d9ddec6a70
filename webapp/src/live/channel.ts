import type {Channel} from '@mattermost/types/channels';

/** A conversation's channel is named `wa-` and its id. */
const channelName = /^wa-([a-z0-9]{26})$/;

/** The id of the conversation that owns a channel; '' = the channel is none of ours. */
export const conversationOf = (channel?: Pick<Channel, 'name' | 'type'>) => (channel?.type === 'P' && channelName.exec(channel.name)?.[1]) || '';

export const channelNameOf = (conversationId: string) => `wa-${conversationId}`;

/** How the channel's posts are marked by the server. */
export const typeNote = 'custom_waa_note';
export const typeEvent = 'custom_waa_event';
export const typeTemplate = 'custom_waa_template';
