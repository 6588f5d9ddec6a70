import {useServices} from 'src/services';

/**
 * Returns the function that changes a conversation and then reads it, without waiting for the server's event. It returns whether the
 * change succeeded; where it did not, a notice says why.
 */
export function useConversationAction(id: string) {
    const {conversations, tryAction} = useServices();
    return async (action: () => Promise<unknown>): Promise<boolean> => {
        const done = await tryAction(action, 'whatsapp-ativo.action.failed');
        conversations.refresh(id);
        return done;
    };
}
