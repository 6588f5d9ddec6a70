/** Makes the browser download a file under a name. */
export function saveFile(file: Blob, name: string) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();

    // Not at once: the browser reads the URL only after the click has been handled.
    setTimeout(() => URL.revokeObjectURL(link.href));
}

/** Lets the reader choose a file of their machine. */
export function chooseFile(accept: string, onChosen: (file?: Blob) => void) {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.onchange = () => onChosen(input.files?.[0]);
    input.click();
}
