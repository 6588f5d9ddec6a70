import type {MessageKey} from 'src/i18n';
import type {Prices} from 'src/rest/types';

/** Meta's categories, with what they are called on screen. */
export const categories: Array<{name: keyof Prices; text: MessageKey}> = [
    {name: 'marketing', text: 'whatsapp-ativo.admin.category.marketing'},
    {name: 'utility', text: 'whatsapp-ativo.admin.category.utility'},
    {name: 'authentication', text: 'whatsapp-ativo.admin.category.authentication'},
    {name: 'service', text: 'whatsapp-ativo.admin.category.service'},
];

/** The key of a category's name, in whatever case it comes; nothing for one that Meta invents later. */
export const categoryKey = (category: string) => categories.find((c) => c.name === category.toLowerCase())?.text;
