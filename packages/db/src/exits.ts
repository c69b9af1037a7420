import { toAmount } from './columns.ts';

/** Money that is announced to leave a bond. */
export interface Exit {
  amount: bigint;
  ripeAt: Date;
  lapsesAt: Date;
}

interface StoredExit {
  bond: Parameters<typeof toAmount>[0];
  announced: Parameters<typeof toAmount>[0];
  ripeAt: Date | null;
  lapsesAt: Date | null;
}

/** An exit that has neither left nor lapsed: the contract forgets one that lapsed without an event. */
export function exitOf({ announced, ripeAt, lapsesAt }: StoredExit): Exit | undefined {
  const amount = toAmount(announced);
  if (amount === 0n || !ripeAt || !lapsesAt || lapsesAt.getTime() <= Date.now()) return undefined;
  return { amount, ripeAt, lapsesAt };
}

/** What is still announced once a bond was taken down to `bond`: that is taken first. */
export function leftOf(row: StoredExit | null, bond: bigint): bigint {
  if (!row) return 0n;
  const left = toAmount(row.announced) - (toAmount(row.bond) - bond);
  return left > 0n ? left : 0n;
}
