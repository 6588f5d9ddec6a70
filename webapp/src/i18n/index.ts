import en from './en.json';
import ptBR from './pt-BR.json';

/** The key of a text. The same keys exist in every language. */
export type MessageKey = keyof typeof en;

/** Our texts for a locale of the web client (`pt-BR`, `en`, `de`, …): Portuguese where it is spoken, English everywhere else. */
export function translations(locale: string): Record<MessageKey, string> {
    return locale.split('-')[0] === 'pt' ? ptBR : en;
}
