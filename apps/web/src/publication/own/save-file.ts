/** What browsers offer for writing a file where a person wants it, as far as it is used here. */
interface SavePicker {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;
}

const pickerOf = (): SavePicker['showSaveFilePicker'] => (window as unknown as SavePicker).showSaveFilePicker;

/**
 * Writes a file where the person chooses (File System Access API), or downloads it where a browser has no such choice.
 * False where the person chose none.
 */
export async function saveFile(name: string, content: Blob): Promise<boolean> {
  const pick = pickerOf();
  if (!pick) return download(name, content);
  const handle = await pick.call(window, { suggestedName: name }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  });
  if (!handle) return false;
  const writable = await handle.createWritable();
  await writable.write(content);
  await writable.close();
  return true;
}

function download(name: string, content: Blob): true {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Browsers read it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return true;
}
