import type { z } from 'zod';
import { OmlError } from '../error.ts';

/** What is wrong with a value, a line each: the path of the member, and why. */
export function issuesOf(error: z.ZodError, whole = 'body'): string[] {
  return error.issues.map(({ path, message }) => `${path.map(String).join('.') || whole}: ${message}`);
}

/** A refusal is no echo: a body of ten thousand wrong members is answered in a few lines. */
const MOST_ISSUES = 16;
const ISSUE_LENGTH = 300;

/** The first member that is refused, as JavaScript writes it (`messages[0].content`); undefined for the whole. */
function paramOf({ issues: [issue] }: z.ZodError): string | undefined {
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  const written = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return written.replace(/^\./, '').slice(0, 200) || undefined;
}

/**
 * Reads what somebody asks. Throws REQUEST_INVALID, naming every member that is refused and why, the first of them in
 * `details.param`.
 */
export function readRequest<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  refusal = 'The request is refused',
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error)
    .slice(0, MOST_ISSUES)
    .map((issue) => issue.slice(0, ISSUE_LENGTH));
  throw new OmlError('REQUEST_INVALID', `${refusal}: ${issues.join('; ')}.`, {
    details: { issues, param: paramOf(parsed.error) },
  });
}

/** Reads a body as JSON. Throws REQUEST_INVALID. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', 'The body is not JSON.', { cause });
  }
}
