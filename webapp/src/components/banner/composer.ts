/*
 * Reads and changes the web client's composer through its text field.
 *
 * Mattermost gives plugins no call for it: up to and including server 11.9 the registry can only show something around the composer.
 * This file goes with the first server version that lets a plugin set a draft, once that version is the `min_server_version` of
 * plugin.json (11.4 today). Until then everything here does nothing where the field is not found or holds another text.
 */
import type {RefusedText} from 'src/services';

/** The ids of the web client's text fields: the channel's, and that of a thread. */
const fieldIds = {channel: 'post_textbox', thread: 'reply_textbox'};

const fieldOf = (rootId: string) => {
    const field = document.getElementById(rootId ? fieldIds.thread : fieldIds.channel);
    return field instanceof HTMLTextAreaElement ? field : null;
};

/** Changes a field as typing does. React ignores a value that is set on the element itself, because it overrides the setter. */
function type(field: HTMLTextAreaElement, text: string) {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(field, text);
    field.dispatchEvent(new Event('input', {bubbles: true}));
}

/** Adds a text to what the channel's composer holds, and goes there. */
export function insertText(text: string) {
    const field = fieldOf('');
    if (field) {
        type(field, field.value.trim() ? `${field.value.trimEnd()} ${text}` : text);
        field.focus();
        field.setSelectionRange(field.value.length, field.value.length);
    }
}

/** What waits in the channel's composer; '' where there is nothing, or a file that only the web client knows. */
export const waitingText = () => (document.querySelector('#post-create .file-preview') ? '' : fieldOf('')?.value.trim() ?? '');

/** Calls `emptied` once the composer of a text is empty. Returns the function that ends this. */
export function onEmptied({rootId}: RefusedText, emptied: () => void) {
    const look = () => {
        if (fieldOf(rootId)?.value.trim() === '') {
            emptied();
        }
    };

    // The web client may put another field in the place of this one.
    document.addEventListener('input', look);
    return () => document.removeEventListener('input', look);
}

/** What has become of a refused text in the composer; the text itself where the composer is empty. */
export const currentText = ({rootId, message}: RefusedText) => fieldOf(rootId)?.value.trim() || message;

/**
 * Removes the error that the web client shows under the composer for a text that was refused. The web client removes it when the text
 * changes, so a space is added and taken away again.
 */
export function clearError({rootId, message}: RefusedText) {
    const field = fieldOf(rootId);
    if (field && field.value.trim() === message.trim()) {
        const {value} = field;
        const longer = `${value} `;
        type(field, longer);
        setTimeout(() => { // the web client must have seen the first change
            if (field.value === longer) {
                type(field, value);
            }
        });
    }
}

/** Empties the composer if it still holds the refused text, which has been stored or posted by now. */
export function clearComposer({rootId, message}: RefusedText) {
    const field = fieldOf(rootId);
    if (field?.value.trim() === message.trim()) {
        type(field, '');
    }
}
