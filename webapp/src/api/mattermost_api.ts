
import type {Channel} from '@mattermost/types/channels';
import type {Team} from '@mattermost/types/teams';
import type {UserProfile} from '@mattermost/types/users';

import type {Client} from './client';

/** What the console needs of Mattermost's own REST API, for a system admin. */
export class MattermostApi {
    constructor(private readonly client: Client) {}

    teams = () => this.client.request<Team[]>('GET', '/api/v4/teams?per_page=200');

    channel = (id: string) => this.client.request<Channel>('GET', `/api/v4/channels/${id}`);

    /** Public and private channels of a team whose name contains the term; the first 50. */
    async searchChannels(teamId: string, term: string): Promise<Channel[]> {
        const search = {term, team_ids: [teamId], public: true, private: true, page: 0, per_page: 50};
        const response = await this.client.request<{channels: Channel[] | null}>('POST', '/api/v4/channels/search?system_console=true', search);
        return response.channels ?? [];
    }

    users = (ids: string[]) => this.client.request<UserProfile[]>('POST', '/api/v4/users/ids', ids);

    /** The address of a channel. */
    channelUrl = (team: Team, channel: Channel) => `${this.client.basePath}/${team.name}/channels/${channel.name}`;
}
