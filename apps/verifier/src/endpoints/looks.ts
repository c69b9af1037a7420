import type { Store } from '@oml/program/store';
import type { VerifierTables } from '../store.ts';
import { WINDOW_MS, type Look } from './figures.ts';

/** The last answer of an endpoint is known so long. */
const KEPT_MS = 30 * WINDOW_MS;

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

    /** Everything that is known of these licenses, each oldest first. */
    async of(licenseIds: readonly bigint[]): Promise<Map<bigint, Look[]>> {
      if (licenseIds.length === 0) return new Map();
      const wanted = licenseIds.map(String);
      const rows = await store.db
        .selectFrom('look')
        .selectAll()
        .where('license_id', 'in', wanted)
        .orderBy('at')
        .execute();
      const looks = rows.map((row): [bigint, Look] => [
        BigInt(row.license_id),
        {
          at: Number(row.at),
          kind: row.kind,
          isUp: row.is_up === 1,
          tookMs: row.took_ms,
          tokensPerSecond: row.tokens_per_second,
          asked: row.asked === null ? null : BigInt(row.asked),
          holds: row.holds === null ? null : row.holds === 1,
        },
      ]);
      const byLicense = Map.groupBy(looks, ([licenseId]) => licenseId);
      return new Map([...byLicense].map(([licenseId, own]) => [licenseId, own.map(([, look]) => look)]));
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
