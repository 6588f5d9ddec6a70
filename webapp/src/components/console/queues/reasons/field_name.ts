/** The name of a new field, made of its label: what the server accepts, and none that is taken. */
export function fieldName(label: string, taken: ReadonlySet<string>): string {
    const plain = label.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').slice(0, 28);
    const base = plain || 'campo';
    let name = base;
    for (let n = 2; taken.has(name); n++) {
        name = `${base}_${n}`;
    }
    return name;
}
