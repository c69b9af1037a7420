// What this site answers under /api, in this process: the handlers themselves, over a real database and a real chain.
import type { Deployment } from '@oml/protocol/chain/deployment';
import { openDatabase, type Database } from '@oml/db/client';
import { startMigratedPostgres } from '@oml/db/test-support/database';
import type { Address, PublicClient } from 'viem';
import { answer, type Desk, type Handler } from '#server/desk/desk.ts';
import {
  confirmLink,
  notices,
  subscribeTo,
  subscriptions,
  unsubscribeFrom,
  unsubscribeLink,
} from '#server/desk/notices-api.ts';
import { moderation } from '#server/desk/moderation-api.ts';
import { challenge, session, signIn, signOut } from '#server/desk/session-api.ts';

/** Method and path as Next has them. */
export const ROUTES: [method: string, path: RegExp, handler: Handler][] = [
  ['POST', /^\/api\/session\/challenge$/, challenge],
  ['GET', /^\/api\/session$/, session],
  ['POST', /^\/api\/session$/, signIn],
  ['DELETE', /^\/api\/session$/, signOut],
  ['GET', /^\/api\/accounts\/(?<account>\w+)\/notices$/, notices],
  ['GET', /^\/api\/notices$/, subscriptions],
  ['POST', /^\/api\/notices$/, subscribeTo],
  ['DELETE', /^\/api\/notices\/(?<id>[\w-]+)$/, unsubscribeFrom],
  ['POST', /^\/api\/moderation$/, moderation],
  ['POST', /^\/api\/notices\/unsubscribe\/(?<token>[\w-]+)$/, unsubscribeLink],
  ['POST', /^\/api\/notices\/confirm\/(?<token>[\w-]+)$/, confirmLink],
];

export const ORIGIN = 'http://127.0.0.1:3000';

/** The handler of an address, with what stands in it. */
function routeOf(method: string, path: string) {
  for (const [asked, pattern, handler] of ROUTES) {
    const found = asked === method ? pattern.exec(path) : null;
    if (found) return { handler, params: { ...found.groups } };
  }
  return undefined;
}

/** Asks the handlers as a browser would that keeps this cookie. */
export async function ask(desk: Desk, path: string, init: RequestInit & { cookie?: string } = {}): Promise<Response> {
  const { cookie, method = 'GET', headers, ...rest } = init;
  const request = new Request(`${desk.origin}${path}`, {
    ...rest,
    method,
    headers: { origin: desk.origin, ...(headers as Record<string, string>), ...(cookie ? { cookie } : {}) },
  });
  const found = routeOf(method, path);
  if (!found) throw new TypeError(`there is no ${method} ${path}`);
  return answer(found.handler, { request, params: found.params }, () => desk);
}

/** The cookie that an answer sets. */
export const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]!.split(';')[0]!;

export interface TestDesk {
  desk: Desk;
  db: Database;
  databaseUrl: string;
  stop(): Promise<void>;
}

/** A desk over a database of its own. */
export async function startDesk(
  place: { publicClient: PublicClient; deployment: Deployment },
  operators: readonly Address[] = [],
): Promise<TestDesk> {
  const postgres = await startMigratedPostgres();
  const databaseUrl = await postgres.create();
  const db = openDatabase(databaseUrl);
  const { chainId } = place.deployment;
  const desk: Desk = {
    db,
    chain: place.publicClient,
    chainId,
    origin: ORIGIN,
    operators,
    isDev: true,
    now: () => new Date(),
  };
  const stop = async () => {
    await db.$disconnect();
    await postgres.stop();
  };
  return { desk, db, databaseUrl, stop };
}

/** Answers pages of this process that ask these addresses, with one browser's cookies; the rest goes on as before. */
export function answerAsSite(desk: Desk): void {
  const network = globalThis.fetch;
  let cookie: string | undefined;
  globalThis.fetch = async (input, init) => {
    if (typeof input !== 'string' || !routeOf(init?.method ?? 'GET', input)) return network(input, init);
    const response = await ask(desk, input, { ...init, ...(cookie ? { cookie } : {}) });
    if (response.headers.getSetCookie().length > 0) cookie = cookieOf(response);
    return response;
  };
}
