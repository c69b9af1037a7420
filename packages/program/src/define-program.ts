import type { Failure, NextResult, StepResult } from './step-result.ts';

export { end, fail, nextOf, wait } from './step-result.ts';

/** One run of a program, as the step sees it whose turn it is. */
export interface StepRun<Name extends string, Facts, Subject> {
  id: string;
  /** What the run is about, as it was ordered. */
  subject: Subject;
  step: Name;
  facts: Facts;
  /** When this step was first begun (Unix ms). */
  since: number;
  /** Aborts when the process stops, or when another replica took the run over: break off, nothing is lost. */
  signal: AbortSignal;
  /** Rewrites the step's line in the log while it works. */
  note(text: string): Promise<void>;
}

/** A run at any of its steps: `run.step` tells which facts there are. */
export type AnyStepRun<Steps extends object, Subject> = {
  [Name in keyof Steps & string]: StepRun<Name, Steps[Name], Subject>;
}[keyof Steps & string];

export interface Program<Steps extends object, Context, Subject, Outcome extends string> {
  /** Names the program in the store. */
  name: string;
  /** Where a run begins, and with which facts. */
  first: { [Name in keyof Steps & string]: NextResult<Name, Steps[Name]> }[keyof Steps & string];
  /**
   * Each does its work again from its start after a crash: what it sends it looks for first (`look-first.ts`), what it
   * writes is named by the run.
   */
  steps: {
    [Name in keyof Steps & string]: (
      run: StepRun<Name, Steps[Name], Subject>,
      context: Context,
    ) => Promise<StepResult<Steps, Outcome>>;
  };
  /** Where to go when a step fails for good and something is still out; undefined lets the run fail. */
  rescue?(run: AnyStepRun<Steps, Subject>, failure: Failure): StepResult<Steps, Outcome> | undefined;
}

/**
 * Defines a program: a machine of named steps whose every end stands in the store before the next begins. `Steps` maps
 * each step to the facts that it works on; a wrong name or a missing fact does not compile. Facts are JSON values and
 * bigints.
 *
 *     interface Steps { ask: object; weigh: { answers: string[] } }
 *     const next = nextOf<Steps>();
 *     const probe = defineProgram<Steps, Context, Subject, 'match' | 'inconclusive'>()({
 *       name: 'probe',
 *       first: next('ask', {}),
 *       steps: {
 *         ask: async ({ subject }, { buy }) => next('weigh', { answers: await buy(subject) }, { note: 'asked' }),
 *         weigh: async ({ facts }) => (facts.answers.length > 3 ? end('match') : wait(1_000, 'too few answers')),
 *       },
 *     });
 */
export const defineProgram =
  <Steps extends object, Context, Subject, Outcome extends string>() =>
  (program: Program<Steps, Context, Subject, Outcome>): Program<Steps, Context, Subject, Outcome> =>
    program;

/** Any program with this context, for what drives them all. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyProgram<Context> = Program<any, Context, any, string>;

export type StepsOf<P> = P extends Program<infer Steps, infer _Context, infer _Subject, infer _Outcome> ? Steps : never;
export type SubjectOf<P> =
  P extends Program<infer _Steps, infer _Context, infer Subject, infer _Outcome> ? Subject : never;
export type OutcomeOf<P> =
  P extends Program<infer _Steps, infer _Context, infer _Subject, infer Outcome> ? Outcome : never;
