import type { Command } from 'commander';
import type { Output } from './output.ts';

/** What a command is given beside its arguments. */
export interface CommandContext {
  output: Output;
  /** Fires at Ctrl-C: long work stops with ABORTED and leaves no half-written file. */
  signal: AbortSignal;
  /** The result is there and is not good: the command ends with 1 and says no more. */
  setFailed(): void;
}

/** Adds commands to a noun; `run` wraps an action. */
export type AddCommand = (noun: Command, run: Run) => void;
export type Run = (
  action: (context: CommandContext, ...args: never[]) => Promise<void>,
) => (...args: unknown[]) => Promise<void>;
