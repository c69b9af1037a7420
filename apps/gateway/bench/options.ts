import { parseArgs } from 'node:util';

/**
 * Options of a script: its numbers with their defaults, `--write` and `--help`. What it does not know ends it with a
 * line.
 */
export function readBenchOptions<Names extends string>(
  help: string,
  defaults: Record<Names, number>,
): Record<Names, number> & { write: boolean } {
  const numbers = Object.entries<number>(defaults);
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(
        numbers.map(([name, value]) => [name, { type: 'string', default: String(value) }] as const),
      ),
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values['help'] === true) {
    console.log(help);
    process.exit(0);
  }
  const read = Object.fromEntries(numbers.map(([name]) => [name, Number((values as Record<string, unknown>)[name])]));
  return { ...(read as Record<Names, number>), write: values['write'] === true };
}
