import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { keccak256, stringToBytes, type Address } from 'viem';
import type { Payment } from '../payment.ts';
import type { Texts } from '../texts.ts';
import { asOf, recordOfText, recordToText, usedOf, type BudgetRecord, type Reservation } from './record.ts';

/** What an app may spend; amounts in the token's smallest unit, days and months of UTC. */
export interface BudgetOptions {
  /** Every app of a session key has a budget of its own, by this name. */
  app: string;
  /** Whose it is, where several session keys spend of it; each key has its own if not said. */
  of?: Address;
  perDay?: bigint;
  perMonth?: bigint;
  /** Must survive a crash. One process at a time uses it. */
  store: Texts;
  /** Told once a period at each of 50, 75 and 100 %; the last also where a call is refused. */
  onAlert?(alert: BudgetAlert): void;
}

export interface BudgetAlert {
  app: string;
  period: 'day' | 'month';
  percent: 50 | 75 | 100;
  used: bigint;
  limit: bigint;
}

/** What is used of one limit, and left; used is also what was sent and may have been charged. */
export interface BudgetPeriod {
  limit: bigint;
  used: bigint;
  left: bigint;
}

export interface BudgetState {
  app: string;
  day?: BudgetPeriod;
  month?: BudgetPeriod;
}

/** Stops an app that has spent what it may: what a call can cost is reserved before it is sent, and settled after. */
export interface Budget {
  state(): Promise<BudgetState>;
  /** Throws BUDGET_SPENT where so much is not left. */
  check(amount: bigint): Promise<void>;
  /** Writes down what a signed payment can cost, before it is sent; again does nothing. Throws BUDGET_SPENT. */
  reserve(payment: Payment, amount: bigint): Promise<void>;
  /** It cost so much. */
  settle(payment: Payment, amount: bigint): Promise<void>;
  /** It costs nothing. */
  release(payment: Payment): Promise<void>;
}

/** Was an authorization that expired used while it could be? */
export type IsUsed = (authorization: NonNullable<Reservation['exact']>) => Promise<boolean>;

const PERCENTS = [50, 75, 100] as const;
/** A chain's clock may be behind ours by this many seconds. */
const EXPIRED_FOR_S = 120;

/** Names a payment in a budget: each signature is one. */
const refOf = ({ header }: Payment): string => keccak256(stringToBytes(header));

/** The budget of one app of a client, whose key signs. */
export function createBudget(options: BudgetOptions, client: Address, isUsed: IsUsed): Budget {
  const { app, store, perDay, perMonth } = options;
  const name = `budget-${(options.of ?? client).toLowerCase()}-${encodeURIComponent(app)}`;
  const limits = { day: perDay, month: perMonth };

  const load = async (): Promise<BudgetRecord> => {
    const text = await store.read(name);
    return asOf(text === undefined ? undefined : recordOfText(text), new Date().toISOString().slice(0, 10));
  };
  const isOver = (record: BudgetRecord, amount: bigint, period: 'day' | 'month') =>
    limits[period] !== undefined && usedOf(record)[period] + amount > limits[period];
  const lacking = (record: BudgetRecord, amount: bigint) =>
    (['day', 'month'] as const).filter((period) => isOver(record, amount, period));

  /** Saves, and then tells what was not told before. */
  async function save(record: BudgetRecord, refused: readonly ('day' | 'month')[] = []): Promise<void> {
    const alerts = (['day', 'month'] as const).flatMap((period) => {
      const limit = limits[period];
      if (limit === undefined) return [];
      const used = usedOf(record)[period];
      const told = period === 'day' ? 'toldOfDay' : 'toldOfMonth';
      const reached = PERCENTS.filter(
        (percent) =>
          percent > record[told] &&
          (used * 100n >= limit * BigInt(percent) || (percent === 100 && refused.includes(period))),
      );
      record[told] = Math.max(record[told], ...reached);
      return reached.map((percent) => ({ app, period, percent, used, limit }));
    });
    await store.write(name, recordToText(record));
    for (const alert of alerts) queueMicrotask(() => options.onAlert?.(alert));
  }

  /** Where too little is left: what was sent, expired and never taken makes room. */
  async function makeRoom(record: BudgetRecord): Promise<void> {
    const now = Date.now() / 1000 - EXPIRED_FOR_S;
    for (const [ref, { exact, amount, day }] of record.reserved) {
      if (!exact || exact.validBefore > now) continue;
      if (await isUsed(exact)) spend(record, amount, day);
      record.reserved.delete(ref);
    }
  }

  async function need(record: BudgetRecord, amount: bigint): Promise<void> {
    if (lacking(record, amount).length > 0) await makeRoom(record);
    const periods = lacking(record, amount);
    if (periods.length === 0) return;
    await save(record, periods);
    const left = leftOf(record, limits, periods[0]!);
    throw new OmlError(
      'BUDGET_SPENT',
      `The call can cost $${formatDollars(amount)}, and ${app} has $${formatDollars(left)} left this ${periods[0]}.`,
      { details: { app, period: periods[0], amount: String(amount), left: String(left) } },
    );
  }

  const change = <Result>(work: (record: BudgetRecord) => Promise<Result>): Promise<Result> =>
    inOrder(store, name, async () => work(await load()));

  return {
    state: () => change(async (record) => stateOf(app, record, limits)),
    check: (amount) => change((record) => need(record, amount)),
    reserve: (payment, amount) =>
      change(async (record) => {
        const ref = refOf(payment);
        if (record.reserved.has(ref)) return;
        await need(record, amount);
        record.reserved.set(ref, { amount, day: record.day, ...exactOf(payment) });
        await save(record);
      }),
    settle: (payment, amount) =>
      change(async (record) => {
        const reservation = record.reserved.get(refOf(payment));
        if (!reservation) return;
        record.reserved.delete(refOf(payment));
        spend(record, amount, reservation.day);
        await save(record);
      }),
    release: (payment) =>
      change(async (record) => {
        if (record.reserved.delete(refOf(payment))) await save(record);
      }),
  };
}

/** Counts it on the day it was sent, if that is not over, and in its month. */
function spend(record: BudgetRecord, amount: bigint, day: string): void {
  if (day === record.day) record.spentToday += amount;
  record.spentThisMonth += amount;
}

function exactOf(payment: Payment): Pick<Reservation, 'exact'> {
  if (!('authorization' in payment)) return {};
  const { from, nonce, validBefore } = payment.authorization;
  return { exact: { from, nonce, validBefore: Number(validBefore) } };
}

type Limits = { day: bigint | undefined; month: bigint | undefined };

function leftOf(record: BudgetRecord, limits: Limits, period: 'day' | 'month'): bigint {
  const left = (limits[period] ?? 0n) - usedOf(record)[period];
  return left > 0n ? left : 0n;
}

function stateOf(app: string, record: BudgetRecord, limits: Limits): BudgetState {
  const used = usedOf(record);
  const of = (period: 'day' | 'month') =>
    limits[period] === undefined
      ? {}
      : { [period]: { limit: limits[period], used: used[period], left: leftOf(record, limits, period) } };
  return { app, ...of('day'), ...of('month') };
}

/** One change of a budget after the other, whatever else a process does at once. */
const lines = new WeakMap<object, Map<string, Promise<unknown>>>();

async function inOrder<Result>(store: object, name: string, work: () => Promise<Result>): Promise<Result> {
  const ofStore = lines.get(store) ?? new Map<string, Promise<unknown>>();
  lines.set(store, ofStore);
  const turn = (ofStore.get(name) ?? Promise.resolve()).then(work, work);
  ofStore.set(
    name,
    turn.catch(() => {}),
  );
  return turn;
}
