import type { Store } from '@oml/program/store';
import type { Selectable } from 'kysely';
import type { VerifierTables } from '../store.ts';
import { WINDOW_MS, type Look } from './figures.ts';

/** The last answer of an endpoint is known so long. */
const KEPT_MS = 30 * 86_400_000;

/** Looks at endpoints, and paid answers, in the store. */
export type Looks = ReturnType<typeof looksIn>;

export function looksIn(store: Store<VerifierTables>) {
  return {
    async add(licenseId: bigint, { at, kind, isUp, tookMs, tokensPerSecond, asked, holds }: Look): Promise<void> {
      const told = { asked: asked === null ? null : String(asked), holds: holds === null ? null : Number(holds) };
      const row = { license_id: String(licenseId), at, kind, is_up: Number(isUp), took_ms: tookMs };
      await store.db
        .insertInto('look')
        .values({ ...row, tokens_per_second: tokensPerSecond, ...told })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Everything that is known of a license's endpoint, oldest first: a look every few minutes of a week. */
    async of(licenseId: bigint): Promise<Look[]> {
      const known = store.db.selectFrom('look').selectAll().where('license_id', '=', String(licenseId));
      return (await known.orderBy('at').execute()).map(lookOf);
    },

    /** Forgets what no figure is made of any more. */
    async forget(now: number): Promise<void> {
      await store.db
        .deleteFrom('look')
        .where('at', '<', now - KEPT_MS)
        .execute();
      await store.db
        .deleteFrom('look')
        .where('kind', '=', 'look')
        .where('at', '<', now - WINDOW_MS)
        .execute();
    },
  };
}

function lookOf(row: Selectable<VerifierTables['look']>): Look {
  const { at, kind, took_ms: tookMs, tokens_per_second: tokensPerSecond, asked, holds } = row;
  return {
    at: Number(at),
    kind,
    isUp: row.is_up === 1,
    tookMs,
    tokensPerSecond,
    asked: asked === null ? null : BigInt(asked),
    holds: holds === null ? null : holds === 1,
  };
}
