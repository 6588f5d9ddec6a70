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
