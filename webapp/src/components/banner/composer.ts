import type {Refused} from 'src/parts';

/** The web client's text fields: of the channel, and of a thread. */
const fields = {channel: 'post_textbox', thread: 'reply_textbox'};

const fieldOf = (rootId: string) => {
    const field = document.getElementById(rootId ? fields.thread : fields.channel);
    return field instanceof HTMLTextAreaElement ? field : null;
};

/** Changes a field as typing does. */
function type(field: HTMLTextAreaElement, text: string) {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(field, text);
    field.dispatchEvent(new Event('input', {bubbles: true}));
}

/** What the composer holds by now of a text that was refused; the text itself where it holds nothing. */
export const textNow = ({rootId, message}: Refused) => fieldOf(rootId)?.value.trim() || message;

/** Has the web client take back what it says under the composer about a text that could not be sent: any change of the text does that. */
export function clearError({rootId, message}: Refused) {
    const field = fieldOf(rootId);
    if (field && field.value.trim() === message.trim()) {
        const {value} = field;
        const longer = `${value} `;
        type(field, longer);
        setTimeout(() => { // once that has been taken in
            if (field.value === longer) {
                type(field, value);
            }
        });
    }
}

/**
 * Empties the composer that still holds a text which is now elsewhere. The web client has no call for it, so it is done as typing
 * does it; where the field is another one by now, or holds another text, nothing happens.
 */
export function clearComposer({rootId, message}: Refused) {
    const field = fieldOf(rootId);
    if (field?.value.trim() === message.trim()) {
        type(field, '');
    }
}
