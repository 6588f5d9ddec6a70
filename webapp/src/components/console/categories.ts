import type {Prices} from 'src/api/types';
import type {MessageKey} from 'src/i18n';

/** Meta's categories of messages, with their names on screen. */
export const categories: Array<{name: keyof Prices; text: MessageKey}> = [
    {name: 'marketing', text: 'whatsapp-ativo.admin.category.marketing'},
    {name: 'utility', text: 'whatsapp-ativo.admin.category.utility'},
    {name: 'authentication', text: 'whatsapp-ativo.admin.category.authentication'},
    {name: 'service', text: 'whatsapp-ativo.admin.category.service'},
];

/** The key of a category's name, whether it is written in capitals or not; undefined for a category that Meta adds later. */
export const categoryKey = (category: string) => categories.find((c) => c.name === category.toLowerCase())?.text;
