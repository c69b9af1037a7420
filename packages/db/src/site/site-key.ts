import { createHmac, randomBytes } from 'node:crypto';
import type { Database } from '../client.ts';

const known = new WeakMap<Database, Promise<Uint8Array>>();

/** The secret of this site, drawn when it is first needed and the same for all replicas: 32 bytes. */
export function siteKey(db: Database): Promise<Uint8Array> {
  const key = known.get(db) ?? drawOnce(db);
  known.set(db, key);
  key.catch(() => known.delete(db));
  return key;
}

async function drawOnce(db: Database): Promise<Uint8Array> {
  await db.siteKey.createMany({ data: [{ id: 1, key: Uint8Array.from(randomBytes(32)) }], skipDuplicates: true });
  return (await db.siteKey.findUniqueOrThrow({ where: { id: 1 } })).key;
}

/** A keyed hash of a text, in hex: nobody who lacks the site's key can make it, or guess the text from it. */
export async function markOf(db: Database, purpose: string, text: string): Promise<string> {
  return createHmac('sha256', await siteKey(db))
    .update(`${purpose}\n${text}`)
    .digest('hex');
}
