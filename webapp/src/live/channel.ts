/** How the posts of a conversation's channel are marked by the server. */
export const typeNote = 'custom_waa_note';
export const typeEvent = 'custom_waa_event';
export const typeTemplate = 'custom_waa_template';
