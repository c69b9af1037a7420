import { HEADERS } from '@oml/protocol/wire/headers';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { publicationOrderedSchema, publicationSchema, type Publication } from '@oml/protocol/wire/publication';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { mayPublishSchema, publishingSchema, type MayPublish, type Publishing } from '@oml/protocol/wire/publishing';
import { bytesToHex } from 'viem';
import type { z } from 'zod';
import type { Address, Hex } from '#kit/hex.ts';

const WHO = { who: 'The publisher' };

/** SHA-256 of a file in hex: the name under which the publisher keeps it. */
export async function uploadIdOf(file: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return bytesToHex(digest).slice(2);
}

/** Who may publish there. Throws what the publisher answers. */
export const readPublishing = (publisher: string, signal: AbortSignal): Promise<Publishing> =>
  readFrom(`${publisher}/owners`, publishingSchema, signal);

/** May this account publish there, and if not, why? Throws what the publisher answers. */
export const readMayPublish = (publisher: string, account: Address, signal: AbortSignal): Promise<MayPublish> =>
  readFrom(`${publisher}/owners/${account}`, mayPublishSchema, signal);

/** Orders a publication. Throws what the publisher answers. */
export async function orderPublication(publisher: string, body: PublishRequestJson, signature: Hex): Promise<string> {
  const response = await fetch(`${publisher}/publications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [HEADERS.signature]: signature },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const ordered = publicationOrderedSchema.safeParse(answer);
  if (!response.ok || !ordered.success) throw errorOfProblem(response.status, answer, WHO);
  return ordered.data.publicationId;
}

/** Where a publication stands. Throws what the publisher answers. */
export const readPublication = (publisher: string, id: string, signal: AbortSignal): Promise<Publication> =>
  readFrom(`${publisher}/publications/${encodeURIComponent(id)}`, publicationSchema, signal);

async function readFrom<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  const response = await fetch(url, { signal });
  const answer: unknown = await response.json().catch(() => undefined);
  const read = schema.safeParse(answer);
  if (!response.ok || !read.success) throw errorOfProblem(response.status, answer, WHO);
  return read.data;
}
