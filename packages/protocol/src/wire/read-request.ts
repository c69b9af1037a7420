import type { z } from 'zod';
import { OmlError } from '../error.ts';

/** What is wrong with a value, a line each: the path of the member, and why. */
export function issuesOf(error: z.ZodError, whole = 'body'): string[] {
  return error.issues.map(({ path, message }) => `${path.map(String).join('.') || whole}: ${message}`);
}

/** Reads what somebody asks. Throws REQUEST_INVALID, naming every member that is refused and why. */
export function readRequest<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  refusal = 'The request is refused',
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  throw new OmlError('REQUEST_INVALID', `${refusal}: ${issues.join('; ')}.`, { details: { issues } });
}

/** Reads a body as JSON. Throws REQUEST_INVALID. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', 'The body is not JSON.', { cause });
  }
}
