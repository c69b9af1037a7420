import type { Abi, ContractFunctionName } from 'viem';
import type { Address } from '#kit/hex.ts';
import type { Call, Writing } from '#wallet/use-write.ts';

/** What a person filled in, by the name of the field. */
export type Values = Readonly<Record<string, string>>;

/** One thing that a person says before an action can be done. */
export interface Field {
  name: string;
  label: string;
  hint?: string;
  unit?: string;
  initial?: string;
  /** Several lines. */
  isLong?: boolean;
  /** What is wrong with a text, in one sentence. */
  problem(text: string): string | undefined;
  /** Why a text without a problem is more likely a slip: nothing is sent before somebody says that it is meant. */
  doubt?(text: string): string | undefined;
}

/** One transaction of an action; a call that depends on the one before is made when its turn comes. */
export interface Step {
  call: Call | (() => Promise<Call>);
  /** The same as the chain is when it is pressed, where others move it meanwhile: `call` is what it costs till then. */
  fresh?: () => Promise<Call>;
  /** What the called contract takes of the token, in its smallest unit: exactly that much is approved. */
  spends?: bigint;
}

/** Anybody, or these accounts with the word for them. */
export type Who = 'anyone' | { accounts: readonly Address[]; word: string };

/** Something that can be done with the contracts now: who may, since when, what it costs, what comes next. */
export interface Action {
  /** Of the button, on one page. */
  id: string;
  /** Capabilities that it reaches (docs/guides/marketplace.md). */
  rows: readonly number[];
  /** The verb on its button. */
  title: string;
  /** What pressing it does, in one sentence. */
  effect: string;
  who: Who;
  /** The money that it moves, where that is known before. */
  amount?: bigint;
  /** Since when it waits, from when and until when it can be done. */
  since?: Date;
  from?: Date;
  until?: Date;
  /** What comes after it. */
  next?: string;
  fields?: readonly Field[];
  /** Of values without a problem. */
  steps(values: Values): readonly Step[];
}

/** A call with its types checked, as actions keep it. */
export const callOf = <const abi extends Abi, name extends ContractFunctionName<abi, Writing>>(
  call: Call<abi, name>,
): Call => call as unknown as Call;

/** An action of one call that asks nothing. */
export const only = (call: Call, spends?: bigint): Action['steps'] => {
  const step: Step = { call, ...(spends === undefined ? {} : { spends }) };
  return () => [step];
};

/** A time of a contract; undefined for its 0, which says never. */
export const timeOf = (seconds: number | bigint): Date | undefined =>
  Number(seconds) === 0 ? undefined : new Date(Number(seconds) * 1000);
