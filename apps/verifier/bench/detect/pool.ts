import type { Address } from 'viem';
import type { CallRecord } from '../../src/programs/call-record.ts';

/** Real paid calls of one host at a gateway, as the verifier wrote them down, and what it made of each. */
export interface Pool {
  /** Every paid call, decoys with the rest. */
  calls: number;
  /** Uses under each habit: whether the verifier would claim them. */
  uses: Record<Habit, boolean[]>;
  /** Answers to each key of M's code book, by its index, under each habit. */
  answers: Record<Habit, Map<number, CallRecord[]>>;
}
export type Habit = 'honest' | 'cheating';

/** What the batches of M are held against. */
export interface Book {
  modelId: bigint;
  bits: number;
  commonSize: number;
  /** Share of its keys that M answered when it was published. */
  survival: number;
  account: Address;
  licenseId: bigint;
}
