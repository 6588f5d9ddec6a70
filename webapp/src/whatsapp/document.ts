/** A CPF has 11 digits; a CNPJ has 14 characters, of which the first 12 may be letters. */
const cpfLength = 11;
const cnpjLength = 14;

const bare = (typed: string) => typed.toUpperCase().replace(/[^0-9A-Z]/g, '');

/** Puts the usual punctuation into as much of a CPF or CNPJ as was typed so far. */
export function maskDocument(typed: string): string {
    const text = bare(typed).slice(0, cnpjLength);
    const company = text.length > cpfLength || (/[A-Z]/).test(text);
    return company ? punctuate(text, [[2, '.'], [5, '.'], [8, '/'], [12, '-']]) : punctuate(text, [[3, '.'], [6, '.'], [9, '-']]);
}

export type DocumentProblem = '' | 'short' | 'wrong';

/** What is wrong with a CPF or CNPJ; '' where its check digits are right. The server has the last word. */
export function documentProblem(typed: string): DocumentProblem {
    const text = bare(typed);
    if (text.length < cpfLength || (text.length > cpfLength && text.length < cnpjLength)) {
        return 'short';
    }
    if (new Set(text).size === 1) { // 111.111.111-11 has right check digits and belongs to nobody
        return 'wrong';
    }
    const person = text.length === cpfLength;
    const right = person ? (/^\d+$/).test(text) && endsWithCheckDigits(text, 11) : (/\d\d$/).test(text) && endsWithCheckDigits(text, 9);
    return right ? '' : 'wrong';
}

const endsWithCheckDigits = (text: string, highest: number) =>
    checkDigit(text.slice(0, -2), highest) === text.at(-2) && checkDigit(text.slice(0, -1), highest) === text.at(-1);

/** The modulo-11 check digit: weights from the right, from 2 up to the highest and again from 2. A letter counts its ASCII code less 48. */
function checkDigit(text: string, highest: number): string {
    let sum = 0;
    let weight = 2;
    for (const character of [...text].reverse()) {
        sum += (character.charCodeAt(0) - 48) * weight;
        weight = weight === highest ? 2 : weight + 1;
    }
    return String(sum % 11 < 2 ? 0 : 11 - (sum % 11));
}

/** Inserts each mark before the character at its position. */
export function punctuate(text: string, marks: Array<[at: number, mark: string]>): string {
    let out = '';
    [...text].forEach((character, i) => {
        out += (marks.find(([at]) => at === i)?.[1] ?? '') + character;
    });
    return out;
}
