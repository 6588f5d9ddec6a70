import type {Refused} from 'src/parts';

/** The web client's text fields: of the channel, and of a thread. */
const fields = {channel: 'post_textbox', thread: 'reply_textbox'};

/**
 * Empties the composer that still holds a text which is now elsewhere. The web client has no call for it, so it is done as typing
 * does it; where the field is another one by now, or holds another text, nothing happens.
 */
export function clearComposer({rootId, message}: Refused) {
    const field = document.getElementById(rootId ? fields.thread : fields.channel);
    if (field instanceof HTMLTextAreaElement && field.value.trim() === message.trim()) {
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(field, '');
        field.dispatchEvent(new Event('input', {bubbles: true}));
    }
}
