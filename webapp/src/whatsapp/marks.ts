/** A piece of a text in which WhatsApp's marks have become formatting. */
export type Piece = {mark?: 'bold' | 'italic' | 'strike'; text: string};

const names = {'*': 'bold', _: 'italic', '~': 'strike'} as const;

/** A mark counts only around whole words, as on the phone. */
const marks = /(^|[\s(])(\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~)(?=$|[\s).,!?:;])/g;

/** Splits a text at WhatsApp's *bold*, _italic_ and ~struck~ words. The simulator's phone does the same; a test compares the two. */
export function pieces(text: string): Piece[] {
    const found: Piece[] = [];
    let from = 0;
    const plain = (to: number) => {
        if (to > from) {
            found.push({text: text.slice(from, to)});
        }
    };
    for (const match of text.matchAll(marks)) {
        const [, before = '', marked = ''] = match;
        const start = match.index + before.length;
        plain(start);
        found.push({mark: names[marked[0] as '*'], text: marked.slice(1, -1)});
        from = start + marked.length;
    }
    plain(text.length);
    return found;
}

/** A mark around words. Signs of a sum and the lines of a snake_case name have no such place. */
const around = /(^|[\s(])([*_~])(?!\s)((?:(?!\2).)+)(?<!\s)\2(?=$|[\s).,!?:;])/g;

/** The words of a text without WhatsApp's marks around them, for where there is no room for formatting. */
export function plainWords(text: string): string {
    let [before, words] = ['', text.replace(/```([^`]+)```/g, '$1')];
    while (words !== before) { // one mark may stand inside of another
        [before, words] = [words, words.replace(around, '$1$3')];
    }
    return words.trim();
}
