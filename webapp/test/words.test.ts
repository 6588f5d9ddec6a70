import {metaWords} from 'src/components/console/accounts/meta_words';
import {translations} from 'src/i18n';
import type {Text} from 'src/i18n/use_text';
import {plainWords} from 'src/whatsapp/marks';
import {mentioned} from 'src/whatsapp/mentions';
import {expect, test} from 'vitest';

test.each([
    ['*depois*', 'depois'],
    ['_itálico_ e ~riscado~, *negrito*!', 'itálico e riscado, negrito!'],
    ['*_os dois_*', 'os dois'],
    ['*a* *b*', 'a b'],
    ['```código x```', 'código x'],
    ['o arquivo nota_fiscal_2.pdf', 'o arquivo nota_fiscal_2.pdf'],
    ['snake_case _x', 'snake_case _x'],
    ['2*3*4', '2*3*4'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['~10 ou ~12', '~10 ou ~12'],
    ['* * *', '* * *'],
    ['', ''],
])('%s is shown as %s', (text, words) => {
    expect(plainWords(text)).toBe(words);
});

test.each([
    ['@carla pode ver isto?', '@carla'],
    ['Veja, @Carla.', '@carla'],
    ['(@joao.silva)', '@joao.silva'],
    ['@channel', '@channel'],
    ['Oi @fulano e @carla', '@carla'],
    ['carla@empresa.com', ''],
    ['@fulano', ''],
    ['Sem nada', ''],
])('who is called in: %s', (text, name) => {
    expect(mentioned(text, (one) => ['carla', 'joao.silva'].includes(one))).toBe(name);
});

const t: Text = (key, values = {}) => `${translations('pt-BR')[key]}${values.n ? ` ${values.n}` : ''}`;
const words = metaWords(t);

test('Meta’s words for a number are told in the reader’s', () => {
    expect(words.quality('GREEN')).toBe('Alta');
    expect(words.state('CONNECTED')).toBe('Conectado');
    expect(words.limit('TIER_250')).toContain(' 250');
    expect(words.limit('TIER_1K')).toContain(' 1000');
    expect(words.limit('TIER_UNLIMITED')).toBe('Sem limite');
});

test.each(['', 'UNKNOWN', 'TIER_X'])('a word that nobody knows stays as it is: %s', (word) => {
    expect([words.quality(word), words.state(word), words.limit(word)]).toEqual([word, word, word]);
});
