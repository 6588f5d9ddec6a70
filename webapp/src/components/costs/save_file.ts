/** Has the browser save a file under a name. */
export function saveFile(file: Blob, name: string) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();

    // The browser has taken the file by the next turn.
    setTimeout(() => URL.revokeObjectURL(link.href));
}
