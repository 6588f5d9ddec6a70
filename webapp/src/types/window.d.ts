import type {ReactNode} from 'react';
import type {Plugin} from 'src/plugin';

declare global {
    interface Window {

        /** Called once by the bundle; the web client then calls `plugin.initialize`. */
        registerPlugin(id: string, plugin: Plugin): void;

        /** The path the server is served under, set by the web client: `/chat` for https://example.com/chat, `''` for the root. */
        basename?: string;

        /** The web client's router. */
        WebappUtils?: {browserHistory: {push(path: string): void}};

        /** The web client's Markdown renderer. */
        PostUtils?: {
            formatText(text: string, options?: object): string;
            messageHtmlToComponent(html: string, options?: object): ReactNode;
        };
    }
}
