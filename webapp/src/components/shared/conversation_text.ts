import type {Conversation} from 'src/api/types';
import type {Text} from 'src/i18n/use_text';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** A span of time in milliseconds as a countdown shows it: hours with minutes, in the last hour minutes with seconds. */
export function timeSpan(ms: number, t: Text): string {
    const left = Math.max(0, ms);
    const [h, m, s] = [Math.floor(left / hour), Math.floor((left % hour) / minute), Math.floor((left % minute) / second)];
    if (h > 0) {
        return t('whatsapp-ativo.clock.hours', {h, m: twoDigits(m)});
    }
    return t('whatsapp-ativo.clock.minutes', {m, s: twoDigits(s)});
}

const twoDigits = (n: number) => String(n).padStart(2, '0');

/** When a conversation's countdown ends: with the window, or when the next template may be sent. null where there is no countdown. */
export function countdownEnd({state, window_until: windowUntil, cooldown_until: cooldownUntil}: Conversation, now: number): number | null {
    if (state === 'open') {
        return windowUntil;
    }
    return state !== 'closed' && cooldownUntil && cooldownUntil > now ? cooldownUntil : null;
}

/** A countdown with `left` milliseconds to go. */
export const countdownText = ({state}: Conversation, left: number, t: Text) =>
    (state === 'open' ? timeSpan(left, t) : t('whatsapp-ativo.list.template_in', {time: timeSpan(left, t)}));

/** A phone number of which only the country and the last digits are shown. */
export const maskPhone = (phone: string) => (phone.length > 8 ? `${phone.slice(0, 3)} ${'•'.repeat(phone.length - 7)} ${phone.slice(-4)}` : phone);

/** What a customer is called: the name, else the masked number. */
export const customerName = ({contact}: Pick<Conversation, 'contact'>, t: Text) => contact.name || maskPhone(contact.phone) || t('whatsapp-ativo.list.no_name');

/** The first letters of the first and the last word of a name. */
export function initials(name: string): string {
    const words = name.split(/\s+/).map((word) => word.match(/[\p{L}\p{N}]/u)?.[0] ?? '').filter(Boolean);
    return (words.length > 1 ? `${words[0]}${words.at(-1)}` : words[0] ?? '?').toUpperCase();
}

/** How long something has lasted, in the largest unit alone. */
export function roughSpan(ms: number, t: Text): string {
    if (ms < hour) {
        return t('whatsapp-ativo.span.minutes', {n: Math.max(0, Math.floor(ms / minute))});
    }
    return ms < 24 * hour ? t('whatsapp-ativo.span.hours', {n: Math.floor(ms / hour)}) : t('whatsapp-ativo.span.days', {n: Math.floor(ms / (24 * hour))});
}
