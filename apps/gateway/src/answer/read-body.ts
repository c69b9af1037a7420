import { OmlError } from '@oml/protocol/error';
import { readJson, readRequest } from '@oml/protocol/wire/read-request';
import type { Context } from 'hono';
import type { z } from 'zod';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body as text. Throws REQUEST_INVALID where it is no UTF-8: other bytes would be signed for as another text. */
export async function readText(c: Context): Promise<string> {
  const bytes = await c.req.arrayBuffer();
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', 'The body is not UTF-8.', { cause });
  }
}

/** Reads a JSON body. Throws REQUEST_INVALID, naming the members. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): { raw: Record<string, unknown>; body: z.output<Schema> } {
  const raw = readJson(text);
  return { body: readRequest(schema, raw), raw: raw as Record<string, unknown> };
}
