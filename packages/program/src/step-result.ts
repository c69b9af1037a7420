import type { Hex } from 'viem';

/** What a step leaves in its run's log, and under which keys the run is found from now on. */
export interface Said {
  /** For people: what was found or done. */
  note?: string | undefined;
  /** The transaction that did it. */
  tx?: Hex | undefined;
  /** Adds to what the run can be looked up by, e.g. `{ claimId }`. */
  keys?: Record<string, string>;
}

export interface NextResult<Name extends string = string, Facts = unknown> extends Said {
  to: 'next';
  step: Name;
  facts: Facts;
}
export interface WaitResult extends Said {
  to: 'wait';
  ms: number;
}
export interface EndResult<Outcome extends string = string> extends Said {
  to: 'end';
  outcome: Outcome;
}
export interface FailResult extends Said {
  to: 'fail';
  failure: Failure;
}

export interface Failure {
  code: string;
  message: string;
}

/** How a step went, in a program of these steps: each name goes with the facts that its step works on. */
export type StepResult<Steps extends object, Outcome extends string> =
  | { [Name in keyof Steps & string]: NextResult<Name, Steps[Name]> }[keyof Steps & string]
  | WaitResult
  | EndResult<Outcome>
  | FailResult;

/** What all the steps of `Name` can work on. */
type FactsOf<Steps, Name extends keyof Steps> = {
  [Each in Name]: (facts: Steps[Each]) => void;
}[Name] extends (facts: infer Facts) => void
  ? Facts
  : never;

/**
 * The `next` of a program of these steps: on to another step (or the same again), with all the facts that it works on.
 */
export const nextOf =
  <Steps extends object>() =>
  <const Name extends keyof Steps & string>(step: Name, facts: FactsOf<Steps, Name>, said: Said = {}) =>
    ({ ...said, to: 'next', step, facts }) as { [Each in Name]: NextResult<Each, Steps[Each]> }[Name];

/** The same step again later. */
export const wait = (ms: number, note?: string): WaitResult => ({ to: 'wait', ms, note });

/** The run is over, and this came of it. */
export const end = <const Outcome extends string>(outcome: Outcome, said: Said = {}): EndResult<Outcome> => ({
  ...said,
  to: 'end',
  outcome,
});

/** The run is over without an outcome. */
export const fail = ({ code, message }: Failure, said: Said = {}): FailResult => ({
  note: message,
  ...said,
  to: 'fail',
  failure: { code, message },
});
