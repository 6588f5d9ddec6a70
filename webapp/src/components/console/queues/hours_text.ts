import type {Queue} from 'src/api/types';
import type {MessageKey} from 'src/i18n';

/** The times of a week, by the names of the days that the REST API has. */
export type Hours = Queue['hours'];

export const dayKeys: Record<string, MessageKey> = {
    mon: 'whatsapp-ativo.admin.queues.mon',
    tue: 'whatsapp-ativo.admin.queues.tue',
    wed: 'whatsapp-ativo.admin.queues.wed',
    thu: 'whatsapp-ativo.admin.queues.thu',
    fri: 'whatsapp-ativo.admin.queues.fri',
    sat: 'whatsapp-ativo.admin.queues.sat',
    sun: 'whatsapp-ativo.admin.queues.sun',
};

/** What is typed for each day. */
export type HoursText = Record<string, string>;

/** The spans of each day as they are typed: 08:00-12:00, 13:00-18:00. */
export function textOfHours(hours: Hours): HoursText {
    return Object.fromEntries(Object.keys(dayKeys).map((day) => [day, (hours[day] ?? []).map((span) => span.join('-')).join(', ')]));
}

/** What was typed, as the REST API takes it. It says what is wrong; here only hours of one digit and short forms are written out. */
export function hoursOfText(text: HoursText): Hours {
    const days = Object.entries(text).map(([day, spans]): [string, string[][]] => [day, spans.split(/[,;]/).map((span) => span.trim()).filter(Boolean).
        map((span) => span.split(/[-–]|\s(?:às?|to|até)\s/).map(timeOf))]);
    return Object.fromEntries(days.filter(([, spans]) => spans.length > 0));
}

/** 8 and 8h are 08:00, 8:30 and 8h30 are 08:30. */
function timeOf(typed: string): string {
    const found = (/^(\d{1,2})(?:[:h](\d{2})?)?$/).exec(typed.trim().toLowerCase());
    return found ? `${found[1]!.padStart(2, '0')}:${found[2] ?? '00'}` : typed.trim();
}

/** Dates that are typed one after the other. */
export const daysOfText = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);
