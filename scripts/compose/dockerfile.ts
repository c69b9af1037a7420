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
    pathsOf(file).some((path) => patterns.some((pattern) => matchesGlob(path, pattern)));
  return files.filter((file) => !isIgnored(file));
}

/** A file and all folders that it is in. */
const pathsOf = (file: string): string[] => file.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));

/** Files of the context that a COPY takes: those that it names, and what is in folders that it names. */
export const copiedBy = ({ words }: Step, context: readonly string[]): string[] => {
  const sources = words.slice(0, -1);
  const isTaken = (path: string) => sources.some((source) => source === '.' || matchesGlob(path, source));
  return context.filter((file) => pathsOf(file).some(isTaken));
};

/** The steps of each stage. */
export const stagesOf = (steps: readonly Step[]): Step[][] => {
  const starts = steps.flatMap(({ instruction }, i) => (instruction === 'FROM' ? [i] : []));
  return starts.map((start, i) => steps.slice(start, starts[i + 1]));
};
