/** The parameters of a list. Empty ones are left out of the URL. */
export type Params = Record<string, string | number | undefined>;

export function withParams(path: string, params: Params) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) {
        if (value !== undefined && value !== '') {
            query.set(name, String(value));
        }
    }
    return query.size ? `${path}?${query}` : path;
}
