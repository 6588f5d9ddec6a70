import type {MessageKey} from 'src/i18n';
import type {Text} from 'src/i18n/use_text';

/** Meta's words for the state of a number. */
const states: Partial<Record<string, MessageKey>> = {
    CONNECTED: 'whatsapp-ativo.admin.number.connected',
    DISCONNECTED: 'whatsapp-ativo.admin.number.disconnected',
    PENDING: 'whatsapp-ativo.admin.number.pending',
    FLAGGED: 'whatsapp-ativo.admin.number.flagged',
    RESTRICTED: 'whatsapp-ativo.admin.number.restricted',
    BANNED: 'whatsapp-ativo.admin.number.banned',
};

/** Meta's words for how well a number's messages are received. */
const grades: Partial<Record<string, MessageKey>> = {
    GREEN: 'whatsapp-ativo.admin.number.quality_high',
    YELLOW: 'whatsapp-ativo.admin.number.quality_medium',
    RED: 'whatsapp-ativo.admin.number.quality_low',
};

/** What Meta's words for a number mean. A word that is not known here is shown as Meta writes it. */
export const metaWords = (t: Text) => ({
    quality: (word: string) => translated(t, grades[word], word),
    state: (word: string) => translated(t, states[word], word),

    /** How many people may be written to: TIER_250, TIER_1K, TIER_UNLIMITED. */
    limit: (word: string) => {
        const [, n, thousands] = (/^TIER_(\d+)(K?)$/).exec(word) ?? [];
        if (n) {
            return t('whatsapp-ativo.admin.accounts.limit_people', {n: Number(n) * (thousands ? 1000 : 1)});
        }
        return word === 'TIER_UNLIMITED' ? t('whatsapp-ativo.admin.accounts.limit_none') : word;
    },
});

const translated = (t: Text, key: MessageKey | undefined, word: string) => (key ? t(key) : word);
