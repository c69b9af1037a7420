import { asOf, recordOfText, usedOf } from '@oml/sdk/budget/record';
import type { BudgetOptions, BudgetPeriod } from '@oml/sdk/budget/budget';
import type { Texts } from '@oml/sdk/texts';
import type { Address } from '#kit/hex.ts';

/** What this browser may spend, in the token's smallest unit; a limit that is not set stops nothing. */
export interface Limits {
  perDay?: bigint | undefined;
  perMonth?: bigint | undefined;
}

export interface SpentAndLeft {
  day?: BudgetPeriod;
  month?: BudgetPeriod;
}

type Place = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'oml.budget';
/** As the SDK names the record of an app. */
const APP = 'marketplace';
const recordName = (client: Address): string => `budget-${client.toLowerCase()}-${APP}`;
const placeOf = (name: string): string => `${KEY}.${name}`;

/** The browser's storage as the SDK wants it. */
export const browserTexts = (storage: Place): Texts => ({
  read: async (name) => storage.getItem(placeOf(name)) ?? undefined,
  write: async (name, text) => storage.setItem(placeOf(name), text),
});

/** The limits that were set for an account; none where none were, or where they no longer read. */
export function limitsOf(client: Address, storage: Place = localStorage): Limits {
  try {
    const { perDay, perMonth } = JSON.parse(storage.getItem(placeOf(client.toLowerCase())) ?? '{}') as {
      perDay?: string;
      perMonth?: string;
    };
    return {
      ...(perDay === undefined ? {} : { perDay: BigInt(perDay) }),
      ...(perMonth === undefined ? {} : { perMonth: BigInt(perMonth) }),
    };
  } catch {
    return {};
  }
}

/** Sets the limits of an account; what was spent stays counted. */
export function setLimits(client: Address, { perDay, perMonth }: Limits, storage: Place = localStorage): void {
  const text = (amount: bigint | undefined) => (amount === undefined ? undefined : String(amount));
  const limits = { perDay: text(perDay), perMonth: text(perMonth) };
  storage.setItem(placeOf(client.toLowerCase()), JSON.stringify(limits));
}

/** Forgets the limits of an account and what was spent. */
export function removeBudget(client: Address, storage: Place = localStorage): void {
  storage.removeItem(placeOf(client.toLowerCase()));
  storage.removeItem(placeOf(recordName(client)));
}

const stores = new WeakMap<object, Texts>();

/** The budget that a call is held to; undefined where none was set. */
export function budgetFor(client: Address, storage: Place = localStorage): BudgetOptions | undefined {
  const { perDay, perMonth } = limitsOf(client, storage);
  if (perDay === undefined && perMonth === undefined) return undefined;
  // One object for all calls: the SDK makes changes of one store wait for each other.
  const store = stores.get(storage) ?? browserTexts(storage);
  stores.set(storage, store);
  return {
    app: APP,
    // Also where a session key signs: it is the account's money.
    of: client,
    store,
    ...(perDay === undefined ? {} : { perDay }),
    ...(perMonth === undefined ? {} : { perMonth }),
  };
}

/** What is used and left today and this month (UTC), of the limits that are set. */
export function spentAndLeft(client: Address, day: string, storage: Place = localStorage): SpentAndLeft {
  const text = storage.getItem(placeOf(recordName(client)));
  const used = usedOf(asOf(text === null ? undefined : recordOfText(text), day));
  const limits = limitsOf(client, storage);
  const period = (limit: bigint | undefined, spent: bigint) =>
    limit === undefined ? undefined : { limit, used: spent, left: spent < limit ? limit - spent : 0n };
  const [ofDay, ofMonth] = [period(limits.perDay, used.day), period(limits.perMonth, used.month)];
  return { ...(ofDay ? { day: ofDay } : {}), ...(ofMonth ? { month: ofMonth } : {}) };
}
