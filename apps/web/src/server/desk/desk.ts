import type { Database } from '@oml/db/client';
import { sessionOf, type SessionRow } from '@oml/db/site/sessions';
import { OmlError } from '@oml/protocol/error';
import { problemOf } from '@oml/protocol/wire/problem';
import { readJson, readRequest } from '@oml/protocol/wire/read-request';
import type { Address, PublicClient } from 'viem';
import type { z } from 'zod';

/** Where visitors come who sign in: what its answers need to know. */
export interface Desk {
  db: Database;
  /** Signatures of contract accounts are asked of the chain. */
  chain: PublicClient;
  chainId: number;
  /** Of this site, as the operator names it: what messages are signed for, and where links lead. */
  origin: string;
  operators: readonly Address[];
  /** May webhooks stand on private addresses, and without TLS? */
  isDev: boolean;
  now: () => Date;
}

export interface Call {
  desk: Desk;
  request: Request;
  params: Record<string, string>;
}

export type Handler = (call: Call) => Promise<Response>;

/** As `handler` answers at an open desk; an error as problem details. Nothing of it is for a cache. */
export async function answer(
  handler: Handler,
  asked: Pick<Call, 'request' | 'params'>,
  open: () => Desk,
): Promise<Response> {
  try {
    const response = await handler({ ...asked, desk: open() });
    response.headers.set('cache-control', 'no-store');
    return response;
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'INTERNAL') console.error(JSON.stringify({ level: 'error', msg: 'a request failed' }));
    return new Response(JSON.stringify(problem), {
      status: problem.status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    });
  }
}

/**
 * For what changes something by a cookie: browsers say whose page sends a request, and no other page than this site's
 * may. The cookie is `SameSite=Strict` besides; a form cannot send JSON.
 */
export const fromHere =
  (handler: Handler): Handler =>
  async (call) => {
    const { request, desk } = call;
    if (request.headers.get('origin') !== desk.origin)
      throw new OmlError('UNAUTHORIZED', `This is done from a page of ${desk.origin}: open the site there.`);
    return handler(call);
  };

const MOST_BYTES = 16 << 10;

/** The body as JSON of this shape. Throws REQUEST_INVALID and REQUEST_TOO_LARGE. */
export async function bodyOf<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  if (request.headers.get('content-type')?.split(';')[0] !== 'application/json')
    throw new OmlError('REQUEST_INVALID', 'The body is sent as application/json.');
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > MOST_BYTES) throw new OmlError('REQUEST_TOO_LARGE', `The body is over ${MOST_BYTES} bytes.`);
    parts.push(part);
  }
  return readRequest(schema, readJson(Buffer.concat(parts).toString('utf8')));
}

/** A browser holds a cookie of this name to https and to this very host. */
export const cookieName = (origin: string): string => (origin.startsWith('https:') ? '__Host-oml' : 'oml');

/** The token in a request's cookie. */
export function tokenOf({ request, desk }: Call): string | undefined {
  const wanted = `${cookieName(desk.origin)}=`;
  const cookies = request.headers.get('cookie')?.split(';') ?? [];
  return cookies
    .map((text) => text.trim())
    .find((text) => text.startsWith(wanted))
    ?.slice(wanted.length);
}

/** Whoever is signed in. */
export async function visitorOf(call: Call): Promise<SessionRow | undefined> {
  const token = tokenOf(call);
  return token === undefined ? undefined : sessionOf(call.desk.db, token, call.desk.now());
}

/** Throws UNAUTHORIZED where nobody is signed in. */
export async function requireVisitor(call: Call): Promise<SessionRow> {
  const visitor = await visitorOf(call);
  if (!visitor) throw new OmlError('UNAUTHORIZED', 'Sign in with your wallet first.');
  return visitor;
}

/** Throws UNAUTHORIZED where the visitor is none of this site's operators. */
export async function requireOperator(call: Call): Promise<SessionRow> {
  const visitor = await requireVisitor(call);
  if (!call.desk.operators.includes(visitor.account))
    throw new OmlError('UNAUTHORIZED', `${visitor.account} is no operator of this site.`);
  return visitor;
}
