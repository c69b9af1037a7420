/** Where a buyer keeps what it must not forget, by names that the SDK makes. What was written survives a crash. */
export interface Texts {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

/** Texts that are forgotten with the process. */
export function memoryTexts(): Texts {
  const kept = new Map<string, string>();
  return {
    read: async (name) => kept.get(name),
    write: async (name, text) => void kept.set(name, text),
  };
}
