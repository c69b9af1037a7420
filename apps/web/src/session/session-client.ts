import { errorOfProblem } from '@oml/protocol/wire/problem';
import type { Address, Hex } from '#kit/hex.ts';

const WHO = { who: 'This site' };

/** Who is signed in here. */
export interface Session {
  account: Address | null;
  /** May it act for this site? */
  isOperator: boolean;
}

/** Asks this site and reads its JSON. Throws what the site answers. */
export async function askSite<Answer>(path: string, init: { method?: string; body?: unknown } = {}): Promise<Answer> {
  const { method = 'GET', body } = init;
  const response = await fetch(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const said: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfProblem(response.status, said, WHO);
  return said as Answer;
}

export const readSession = (): Promise<Session> => askSite('/api/session');

/** Has the account sign this site's challenge. Throws what the wallet or the site says. */
export async function signIn(account: Address, sign: (message: string) => Promise<Hex>): Promise<Session> {
  const { message } = await askSite<{ message: string }>('/api/session/challenge', {
    method: 'POST',
    body: { account },
  });
  return askSite('/api/session', { method: 'POST', body: { message, signature: await sign(message) } });
}

export const signOut = (): Promise<Session> => askSite('/api/session', { method: 'DELETE' });
