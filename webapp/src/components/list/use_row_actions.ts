import {openChannel} from 'src/actions/open_channel';
import type {Conversation} from 'src/api/types';
import {useServices} from 'src/services';
import type {ConversationList} from 'src/state/conversation_list';

/** What a row of the list does. */
export function useRowActions(list: ConversationList) {
    const services = useServices();
    const {api, tryAction, reduxStore, pane} = services;

    /** Opens the channel for a member of it. Others may not read it, so that they see the customer's page instead. */
    const open = (conversation: Conversation) => {
        const member = reduxStore.getState().entities.channels.myMembers[conversation.channel_id];
        if (!member || !openChannel(services, conversation)) {
            pane.set({conversationId: conversation.id});
        }
    };
    const claim = async (conversation: Conversation) => {
        if (await tryAction(() => api.claim(conversation.id), 'whatsapp-ativo.claim.failed')) {
            openChannel(services, conversation);
        }
        list.refresh();
    };
    return {open, claim};
}
