import { OmlError } from '@oml/protocol/error';
import type { z } from 'zod';

/**
 * What a program's command line says, checked. Throws REQUEST_INVALID, which names each flag that is missing or not
 * understood.
 */
export function readFlags<Schema extends z.ZodType>(schema: Schema, values: Record<string, unknown>): z.output<Schema> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return values[name] === undefined && message.startsWith('Invalid input')
      ? `--${name} is missing`
      : `--${name}: ${message}`;
  });
  throw new OmlError('REQUEST_INVALID', `${[...new Set(said)].join('; ')}. Run with --help.`);
}
