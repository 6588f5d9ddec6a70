import type {MessageKey} from 'src/i18n';

declare global {
    namespace FormatjsIntl {

        /** Makes the compiler refuse a text key that does not exist. */
        interface Message {
            ids: MessageKey;
        }
    }
}
