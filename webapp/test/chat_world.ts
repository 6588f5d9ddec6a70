import type {Page} from 'playwright-core';

import {botId, idOf} from './fake_conversations';

/** What tests use of the page's web client. */
type Host = {
    client: {
        store: {dispatch(action: unknown): void};
        events: Record<string, (event: object) => void>;
        reconnect(): void;
    };
    setEntities(data: object): unknown;
};

/** Puts the channel of a conversation on screen, with posts of every kind. */
export async function openConversation(page: Page, n: number, english = false, change: object = {}) {
    const channel = {id: idOf('h', n), name: `wa-${idOf('c', n)}`, creator_id: botId, type: 'P', team_id: 'team1', display_name: 'Marina Duarte', ...change};
    const said = (text: string, user: string, props: object = {}, type = '') => ({message: text, user_id: user, props, type});
    const posts = (english ? [
        said('**Technical visit**\nHello, Marina! Our team comes on 12 November, from 9 to 12. Is that good for you?\n\n[You can come] [Another day, please]', 'whatsapp', {waa_status: 'read', waa_message: 'm0'}, 'custom_waa_template'),
        said('You can come!', 'whatsapp', {waa_kind: 'inbound'}),
        said('Great. The technician is called Paulo.', 'ana', {waa_status: 'read'}),
        said('He will ring the bell.', 'ana', {waa_status: 'delivered'}),
        said('Client of the gold plan, take care of the time.', 'bruno', {}, 'custom_waa_note'),
        said('Can I send you the invoice here?', 'ana', {waa_status: 'failed'}),
    ] : [
        said('**Visita técnica**\nOlá, Marina! Nossa equipe passa aí no dia 12/11, entre 9h e 12h. Está bom para você?\n\n[Pode vir] [Outro dia, por favor]', 'whatsapp', {waa_status: 'read', waa_message: 'm0'}, 'custom_waa_template'),
        said('Pode vir!', 'whatsapp', {waa_kind: 'inbound'}),
        said('Ótimo. O técnico se chama Paulo.', 'ana', {waa_status: 'read'}),
        said('Ele vai tocar a campainha.', 'ana', {waa_status: 'delivered'}),
        said('Cliente do plano ouro, cuidado com o horário.', 'bruno', {}, 'custom_waa_note'),
        said('Posso mandar a nota fiscal por aqui?', 'ana', {waa_status: 'failed'}),
    ]).map((post, i) => ({...post, id: `post${i}`, channel_id: channel.id, root_id: ''}));
    await setEntities(page, {
        channels: {channels: {[channel.id]: channel}, currentChannelId: channel.id, myMembers: {[channel.id]: {msg_count: 3}}, messageCounts: {[channel.id]: {total: 5}}},
        posts: {posts: Object.fromEntries(posts.map((post) => [post.id, post]))},
    });
}

export const setEntities = (page: Page, data: object) => page.evaluate((given) => {
    const host = window as unknown as Host;
    host.client.store.dispatch(host.setEntities(given));
}, data);

/** Sends the server's event about a conversation. */
export const changed = (page: Page, id: string) => page.evaluate((given) => {
    (window as unknown as Host).client.events['custom_whatsapp-ativo_conversation']!({data: {id: given}});
}, id);

/** Says that the websocket has reconnected. */
export const reconnected = (page: Page) => page.evaluate(() => (window as unknown as Host).client.reconnect());
