import type { Hex } from 'viem';
import { OPEN_MS } from '../channel/ledger.ts';
import type { GatewayStore } from '../store.ts';
import { owedFrom } from './owed.ts';

// Gateways that share a store leave each other's work alone for a while. Answers may take longer than that.

/** What this gateway is answering right now. */
export interface AtWork {
  /** Tries, by the vouchers that pay for them. */
  attempts: ReadonlySet<string>;
  /** Single payments. */
  payments: ReadonlySet<Hex>;
}

/** How often {@link renewLeases} is to be called; well below the shorter of the two times. */
export const RENEW_EVERY_MS = 30_000;

/** As many names fit well into one statement. */
const NAMES_AT_ONCE = 500;

/** Says of all that is being answered here that it still is; of what failed meanwhile it says nothing. */
export async function renewLeases({ db }: Pick<GatewayStore, 'db'>, { attempts, payments }: AtWork): Promise<void> {
  for (const some of chunks([...attempts]))
    await db
      .updateTable('charge')
      .set({ open_until: Date.now() + OPEN_MS })
      .where('attempt', 'in', some)
      .where('state', '=', 'open')
      .execute();
  for (const some of chunks([...payments]))
    await db
      .updateTable('payment')
      .set({ owed_from: owedFrom() })
      .where('payment_ref', 'in', some)
      .where('state', '=', 'settled')
      .where('owed_from', '>', Date.now())
      .execute();
}

const chunks = <Name>(names: readonly Name[]): Name[][] =>
  Array.from({ length: Math.ceil(names.length / NAMES_AT_ONCE) }, (_, i) =>
    names.slice(i * NAMES_AT_ONCE, (i + 1) * NAMES_AT_ONCE),
  );
