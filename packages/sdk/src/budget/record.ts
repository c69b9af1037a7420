import type { Hex } from 'viem';

// What a buyer must not forget of a budget. Sums are of UTC days and months.

/** A payment that was sent and whose charge is not known: it counts in full on the day it was sent. */
export interface Reservation {
  /** Smallest unit. */
  amount: bigint;
  /** ISO day, such as 2026-11-30. */
  day: string;
  /** Of an `exact` payment: once it is past this (Unix seconds) and unused, it never costs anything. */
  exact?: { from: Hex; nonce: Hex; validBefore: number };
}

export interface BudgetRecord {
  /** The day and the month (2026-11) that the sums are of. */
  day: string;
  spentToday: bigint;
  spentThisMonth: bigint;
  reserved: Map<string, Reservation>;
  /** The highest percentage that was told, per period. */
  toldOfDay: number;
  toldOfMonth: number;
}

export const monthOf = (day: string): string => day.slice(0, 7);

const EMPTY = { spentToday: 0n, spentThisMonth: 0n, toldOfDay: 0, toldOfMonth: 0 };

/** A record as of a day: the sums of what is over begin anew, and what was sent in a month that is over goes. */
export function asOf(record: BudgetRecord | undefined, day: string): BudgetRecord {
  if (!record) return { ...EMPTY, day, reserved: new Map() };
  if (record.day === day) return record;
  const isMonth = monthOf(record.day) === monthOf(day);
  const kept = [...record.reserved].filter(([, each]) => monthOf(each.day) === monthOf(day));
  return {
    day,
    reserved: new Map(kept),
    spentToday: 0n,
    toldOfDay: 0,
    spentThisMonth: isMonth ? record.spentThisMonth : 0n,
    toldOfMonth: isMonth ? record.toldOfMonth : 0,
  };
}

/** What is spent or may have been, today and this month. */
export function usedOf({ day, spentToday, spentThisMonth, reserved }: BudgetRecord): { day: bigint; month: bigint } {
  const all = [...reserved.values()];
  const sum = (each: Reservation[]) => each.reduce((total, { amount }) => total + amount, 0n);
  return { day: spentToday + sum(all.filter((one) => one.day === day)), month: spentThisMonth + sum(all) };
}

export const recordToText = ({ spentToday, spentThisMonth, reserved, ...record }: BudgetRecord): string =>
  JSON.stringify({
    ...record,
    spentToday: String(spentToday),
    spentThisMonth: String(spentThisMonth),
    reserved: [...reserved].map(([ref, { amount, ...rest }]) => [ref, { ...rest, amount: String(amount) }]),
  });

type Written = Omit<BudgetRecord, 'spentToday' | 'spentThisMonth' | 'reserved'> & {
  spentToday: string;
  spentThisMonth: string;
  reserved: [string, Omit<Reservation, 'amount'> & { amount: string }][];
};

export function recordOfText(text: string): BudgetRecord {
  const { spentToday, spentThisMonth, reserved, ...record } = JSON.parse(text) as Written;
  return {
    ...record,
    spentToday: BigInt(spentToday),
    spentThisMonth: BigInt(spentThisMonth),
    reserved: new Map(reserved.map(([ref, { amount, ...rest }]) => [ref, { ...rest, amount: BigInt(amount) }])),
  };
}
