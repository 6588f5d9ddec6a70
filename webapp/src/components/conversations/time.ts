import type {Text} from 'src/i18n/use_text';
import type {Conversation} from 'src/rest/agent';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** A span of time, milliseconds, as a clock that counts down shows it: hours with minutes, the last hour with seconds. */
export function span(ms: number, t: Text): string {
    const left = Math.max(0, ms);
    const [h, m, s] = [Math.floor(left / hour), Math.floor((left % hour) / minute), Math.floor((left % minute) / second)];
    if (h > 0) {
        return t('whatsapp-ativo.clock.hours', {h, m: two(m)});
    }
    return t('whatsapp-ativo.clock.minutes', {m, s: two(s)});
}

const two = (n: number) => String(n).padStart(2, '0');

/** What a conversation's clock counts down to: the window's end, or the next template. null = nothing. */
export function countsTo({state, window_until: windowUntil, cooldown_until: cooldownUntil}: Conversation, now: number): number | null {
    if (state === 'open') {
        return windowUntil;
    }
    return state !== 'closed' && cooldownUntil && cooldownUntil > now ? cooldownUntil : null;
}

/** A number of which only country and end are shown. */
export const maskPhone = (phone: string) => (phone.length > 8 ? `${phone.slice(0, 3)} ${'•'.repeat(phone.length - 7)} ${phone.slice(-4)}` : phone);

/** What a customer is called. */
export const customerName = ({contact}: Pick<Conversation, 'contact'>, t: Text) => contact.name || maskPhone(contact.phone) || t('whatsapp-ativo.list.no_name');
