import type { Store } from '@oml/program/store';
import { sql } from 'kysely';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import type { Hex } from 'viem';
import type { Salts } from '../programs/salts.ts';
import type { VerifierTables } from '../store.ts';

/** The key of hop or payer `number`: it follows from the seed alone. */
export const payerKey = (salts: Salts, number: number): Hex => salts(`account/${number}`);

const MOST_KNOWN = 2_000;

/** Hops and payers: numbered, each with a key that follows from the seed and its number alone. */
export type Accounts = ReturnType<typeof accountsOf>;

export function accountsOf(store: Store<VerifierTables>, salts: Salts) {
  const known = new Map<number, PrivateKeyAccount>();
  const keyOf = (number: number): Hex => payerKey(salts, number);

  return {
    keyOf,

    at(number: number): PrivateKeyAccount {
      const account = known.get(number) ?? privateKeyToAccount(keyOf(number));
      // Rounds use theirs for an hour: the oldest are not needed any more.
      if (!known.has(number) && known.size >= MOST_KNOWN) known.delete(known.keys().next().value!);
      known.set(number, account);
      return account;
    },

    /** The first of `count` accounts that nobody has used: the same for one round of an audit, asked again. */
    take(auditId: string, round: number, count: number): Promise<number> {
      return store.transaction(async (db) => {
        const taken = await db
          .selectFrom('accounts')
          .select('first')
          .where('audit_id', '=', auditId)
          .where('round', '=', round)
          .executeTakeFirst();
        if (taken) return taken.first;
        // One after another, whichever replica: two that saw the same last ones would take the same.
        if (store.dialect === 'postgres') await sql`lock table accounts in share row exclusive mode`.execute(db);
        const last = await db.selectFrom('accounts').selectAll().orderBy('first', 'desc').limit(1).executeTakeFirst();
        const first = last ? last.first + last.count : 0;
        await db.insertInto('accounts').values({ audit_id: auditId, round, first, count }).execute();
        return first;
      });
    },

    /** Those of audits that are over, and `beyond` them all: so many are looked at where nothing is known of them. */
    async idle(beyond = 0): Promise<number[]> {
      const rounds = await store.db
        .selectFrom('accounts')
        .innerJoin('run', 'run.id', 'accounts.audit_id')
        .select(['accounts.first', 'accounts.count', 'run.state'])
        .orderBy('accounts.first')
        .execute();
      const taken = rounds.at(-1) ? rounds.at(-1)!.first + rounds.at(-1)!.count : 0;
      const busy = new Set(rounds.filter(({ state }) => state === 'running').flatMap(numbersOf));
      const all = Array.from({ length: Math.max(taken, beyond) }, (_, number) => number);
      return all.filter((number) => !busy.has(number));
    },
  };
}

const numbersOf = ({ first, count }: { first: number; count: number }): number[] =>
  Array.from({ length: count }, (_, i) => first + i);
