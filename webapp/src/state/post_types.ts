/** Types that the server gives to its posts in a conversation's channel. */
export const typeNote = 'custom_waa_note';
export const typeEvent = 'custom_waa_event';
export const typeTemplate = 'custom_waa_template';
