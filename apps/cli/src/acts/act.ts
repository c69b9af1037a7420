import type { CommandContext } from '../command.ts';
import type { Chain } from '@oml/service/chain';
import type { Command } from 'commander';
import type { Address } from 'viem';
import { functionOf, type ContractName } from './contracts.ts';

/** For whom, and on which chain, something is read or done. */
export interface View {
  chain: Chain;
  me: Address;
}

/** What a word on the command line stands for. */
export interface Arg {
  name: string;
  help: string;
  /** `said` is undefined where an optional one is left out, and a list where it takes several. Throws REQUEST_INVALID. */
  read(said: never, view: View): unknown;
  isOptional?: boolean;
  isMany?: boolean;
}

/** One call of a contract. */
export interface Step {
  contract: ContractName;
  /** Of a contract that has many addresses: a vault. */
  address?: Address;
  calls: string;
  args: readonly unknown[];
  /** Instead of `args`, where they are only sure once what stands before it is in a block. */
  argsThen?: () => Promise<readonly unknown[]>;
  /** Smallest unit of the token that the contract draws from the caller. */
  draws?: bigint;
  /** Coin of the chain that goes with it, in wei. */
  value?: bigint;
  /** Only in a later block than what stands before it. */
  isLater?: boolean;
}

/** Flags as commander reads them. */
export type Flags = Record<string, unknown>;

/** Something that a contract lets a role do, as one command. */
export interface Act {
  /** After the noun; two words where a noun has parts (`bond post`). */
  verb: string;
  does: string;
  /** Whose account has to send it. */
  who: string;
  takes: readonly Arg[];
  /** `contract.function`, each that may be called. */
  calls: readonly `${ContractName}.${string}`[];
  /** Adds flags of its own. */
  flags?(command: Command): Command;
  /** What is sent, in this order; nothing where nothing is due. */
  steps(said: readonly unknown[], view: View, flags: Flags, context: CommandContext): Promise<readonly Step[]>;
  /** What usually follows. */
  next?: string;
  /** Says nothing is due, where `steps` finds nothing. */
  idle?: string;
  /** More of the command's help. */
  help?: string;
}

export interface OneCall {
  does: string;
  who: string;
  next?: string;
  draws?(said: readonly unknown[], view: View): Promise<bigint> | bigint;
  value?(view: View): Promise<bigint>;
}

/** An act that is one call, whose arguments are the words on the command line in their order. */
export function one(verb: string, call: `${ContractName}.${string}`, takes: readonly Arg[], how: OneCall): Act {
  const { contract, calls } = functionOf(call);
  const { draws, value, ...words } = how;
  return {
    verb,
    takes,
    calls: [call],
    ...words,
    steps: async (said, view) => [
      {
        contract,
        calls,
        args: said,
        ...(draws ? { draws: await draws(said, view) } : {}),
        ...(value ? { value: await value(view) } : {}),
      },
    ],
  };
}
