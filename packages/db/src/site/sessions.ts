import { createHash, randomBytes } from 'node:crypto';
import type { Address } from 'viem';
import type { Database } from '../client.ts';
import { toAddress } from '../columns.ts';

/** Who is signed in, until when. */
export interface SessionRow {
  account: Address;
  endsAt: Date;
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Takes a challenge out of use; false where somebody did before. It is forgotten once it would be refused anyway. */
export async function spendNonce(db: Database, nonce: string, endsAt: Date, now: Date): Promise<boolean> {
  await db.spentNonce.deleteMany({ where: { endsAt: { lt: now } } });
  const { count } = await db.spentNonce.createMany({ data: [{ nonce, endsAt }], skipDuplicates: true });
  return count === 1;
}

/** Begins a session; the token is its only copy: the database has its hash. */
export async function openSession(db: Database, { account, endsAt }: SessionRow, now: Date): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db.session.deleteMany({ where: { endsAt: { lt: now } } });
  await db.session.create({ data: { tokenHash: hashOf(token), account, endsAt } });
  return token;
}

/** The session of a token; undefined where it is none, or over. */
export async function sessionOf(db: Database, token: string, now: Date): Promise<SessionRow | undefined> {
  const row = await db.session.findUnique({ where: { tokenHash: hashOf(token) } });
  return row && row.endsAt > now ? { account: toAddress(row.account), endsAt: row.endsAt } : undefined;
}

/** Ends a session; of no consequence where there is none. */
export async function endSession(db: Database, token: string): Promise<void> {
  await db.session.deleteMany({ where: { tokenHash: hashOf(token) } });
}
