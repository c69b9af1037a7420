/** A person's folder: what pages save lands in it, as where a browser lets choose a place (File System Access API). */
export function openFolder() {
  const saved = new Map<string, Blob>();
  const showSaveFilePicker = async ({ suggestedName }: { suggestedName: string }) => ({
    createWritable: async () => ({
      write: async (content: Blob) => void saved.set(suggestedName, content),
      close: async () => undefined,
    }),
  });
  Object.assign(window, { showSaveFilePicker });
  const has = (name: string): File | undefined => {
    const content = saved.get(name);
    return content && new File([content], name);
  };
  return {
    has,
    /** The file whose name matches, the one that came last. Throws where there is none. */
    find(pattern: RegExp): File {
      const name = [...saved.keys()].findLast((each) => pattern.test(each));
      if (name === undefined)
        throw new Error(`No file like ${pattern} was saved, but ${[...saved.keys()].join(', ')}.`);
      return has(name)!;
    },
  };
}
