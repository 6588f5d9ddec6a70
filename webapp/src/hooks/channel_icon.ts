import type {Services} from 'src/services';
import type {ChannelIcon} from 'src/types/mattermost_webapp';

/** How the server begins a channel's header, in every language, and the icon that says the same in the sidebar. */
const icons = [
    {begins: '🔒', iconName: 'lock-outline'},
    {begins: '🟢', iconName: 'clock-outline'},
];

/**
 * A lock on conversations in which nothing can be written to the customer, a clock on those whose window is open. The web client asks
 * for each channel whenever it draws the sidebar, so that only what it already has is looked at.
 */
export function channelIcons({channels}: Services): ChannelIcon[] {
    return icons.map(({begins, iconName}) => ({
        iconName,
        matcher: ({creator_id: creator, header}) => (header ?? '').startsWith(begins) && channels.isMaker(creator),
    }));
}
