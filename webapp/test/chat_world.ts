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
        said('The customer has answered: the window is open until tomorrow, 14:32.', 'whatsapp', {}, 'custom_waa_event'),
        said('You can come!', 'cliente', {waa_kind: 'inbound', waa_name: 'Marina Duarte', from_webhook: 'true'}),
        said('In the afternoon, if possible', 'cliente', {waa_kind: 'inbound', waa_name: 'Marina Duarte', from_webhook: 'true'}),
        said('Great. The technician is called Paulo.', 'ana', {waa_status: 'read'}),
        said('He will ring the bell.', 'ana', {waa_status: 'delivered'}),
        said('Client of the gold plan, take care of the time.', 'bruno', {}, 'custom_waa_note'),
        said('Can I send you the invoice here?', 'ana', {waa_status: 'failed'}),
    ] : [
        said('**Visita técnica**\nOlá, Marina! Nossa equipe passa aí no dia 12/11, entre 9h e 12h. Está bom para você?\n\n[Pode vir] [Outro dia, por favor]', 'whatsapp', {waa_status: 'read', waa_message: 'm0'}, 'custom_waa_template'),
        said('O cliente respondeu: a janela está aberta até amanhã, 14:32.', 'whatsapp', {}, 'custom_waa_event'),
        said('Pode vir!', 'cliente', {waa_kind: 'inbound', waa_name: 'Marina Duarte', from_webhook: 'true'}),
        said('De tarde, se possível', 'cliente', {waa_kind: 'inbound', waa_name: 'Marina Duarte', from_webhook: 'true'}),
        said('Ótimo. O técnico se chama Paulo.', 'ana', {waa_status: 'read'}),
        said('Ele vai tocar a campainha.', 'ana', {waa_status: 'delivered'}),
        said('Cliente do plano ouro, cuidado com o horário.', 'bruno', {}, 'custom_waa_note'),
        said('Posso mandar a nota fiscal por aqui?', 'ana', {waa_status: 'failed'}),
    ]).map((post, i) => ({...post, id: `post${i}`, channel_id: channel.id, root_id: '', create_at: 1000 * i}));
    await setEntities(page, {
        channels: {channels: {[channel.id]: channel}, currentChannelId: channel.id, myMembers: {[channel.id]: {msg_count: 3}}, messageCounts: {[channel.id]: {total: 5}}},
        posts: {posts: Object.fromEntries(posts.map((post) => [post.id, post])), postsInChannel: {[channel.id]: [{order: posts.map(({id}) => id).reverse(), recent: true}]}},
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
