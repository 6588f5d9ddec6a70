import {punctuate} from './document';

/** Brazil's area codes. */
const areaCodes = /^([14689][1-9]|2[12478]|3[1-578]|5[1345]|7[134579])/;

/** A link, a number with a country code, an extension: what is not a Brazilian number typed without a country. */
const other = /[^\d\s().-]/;

/** Puts the usual punctuation into as much of a Brazilian number as was typed so far. Anything else stays as it was typed. */
export function maskPhone(typed: string): string {
    if (other.test(typed)) {
        return typed;
    }
    const digits = typed.replace(/\D/g, '');
    if (digits.length < 3 || digits.length > 11 || digits.startsWith('0')) {
        return digits;
    }
    return `(${digits.slice(0, 2)}) ${punctuate(digits.slice(2), [[digits.length > 10 ? 5 : 4, '-']])}`;
}

export type PhoneProblem = '' | 'short' | 'area' | 'ninth';

/** What is wrong with a Brazilian number; '' for one that may be right, and for everything that only the server can read. */
export function phoneProblem(typed: string): PhoneProblem {
    const digits = typed.replace(/\D/g, '');
    if (other.test(typed) || digits.startsWith('0') || digits.length > 11) {
        return digits.length < 8 ? 'short' : '';
    }
    if (digits.length < 10) {
        return 'short';
    }
    if (!areaCodes.test(digits)) {
        return 'area';
    }
    return digits.length === 11 && digits[2] !== '9' ? 'ninth' : '';
}
