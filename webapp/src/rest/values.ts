/** What a list is asked for. Empty values are left out. */
export type Values = Record<string, string | number | undefined>;

export function withValues(path: string, values: Values) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) {
        if (value !== undefined && value !== '') {
            query.set(name, String(value));
        }
    }
    return query.size ? `${path}?${query}` : path;
}
