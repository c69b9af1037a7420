// Reads a Dockerfile of the few instructions that ours has, and says which files its context holds.
import { matchesGlob } from 'node:path';

export interface Step {
  instruction: string;
  /** Flags such as `--from=build`, by name. */
  flags: Record<string, string>;
  /** The words behind the flags; of RUN the whole command. */
  words: string[];
}

/** The instructions in order. Throws where a line is none. */
export function readDockerfile(text: string): Step[] {
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, instruction, rest] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
      if (!instruction) throw new Error(`no instruction: ${line}`);
      if (instruction === 'RUN') return { instruction, flags: {}, words: [rest!] };
      const all = rest!.split(/\s+/);
      const flags = Object.fromEntries(
        all.filter((word) => word.startsWith('--')).map((word) => [...word.slice(2).split('='), ''].slice(0, 2)),
      ) as Record<string, string>;
      return { instruction, flags, words: all.filter((word) => !word.startsWith('--')) };
    });
}

/** Files that the builder is sent: what .dockerignore does not name. */
export function contextOf(files: readonly string[], dockerignore: string): string[] {
  const patterns = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const isIgnored = (file: string): boolean =>
    file
      .split('/')
      .some((_, i, parts) => patterns.some((pattern) => matchesGlob(parts.slice(0, i + 1).join('/'), pattern)));
  return files.filter((file) => !isIgnored(file));
}

/** Files of the context that a COPY takes. */
export const copiedBy = ({ words }: Step, context: readonly string[]): string[] => {
  const sources = words.slice(0, -1);
  return context.filter((file) => sources.some((source) => source === '.' || matchesGlob(file, source)));
};
