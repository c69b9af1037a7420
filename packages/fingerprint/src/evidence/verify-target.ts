import { headMatches } from '@oml/protocol/evidence/head';
import type { Hex } from 'viem';
import type { Prompt } from '../subject/prompt.ts';
import { report, type Progress } from '../subject/progress.ts';
import { weighEvidence, type Answered, type Evidence } from './e-process.ts';

/**
 * Anything that answers: an endpoint, a file that is run here, a function. Undefined = no answer (refused, failed,
 * timed out).
 */
export type Ask = (prompt: Prompt) => Promise<Hex | undefined>;

export interface ProbeKey {
  id: string;
  prompt: Prompt;
  /** The head that the beacon selected. */
  candidate: Hex;
  chance: number;
}

export interface VerifyOptions extends Progress {
  ask: Ask;
  /**
   * In the order in which they are spent: strongest first. Every key that is asked is known to the target afterwards.
   */
  keys: readonly ProbeKey[];
  /** Licenses tested in the same period. */
  tests?: number;
  /** Stop at this rung of the ladder; `listing` by default, to spend no more keys than needed. */
  until?: 'notice' | 'claim' | 'listing';
}

export interface TargetReport extends Evidence {
  /** Keys shown to the target: they are spent. */
  spent: readonly string[];
  /** Questions without an answer. More than the target's usual share is a sign of its own, and no proof. */
  refused: number;
}

const ORDER = ['notice', 'claim', 'listing'] as const;

/** Asks key after key until the evidence suffices or the keys are used up. Throws ABORTED, and what `ask` throws. */
export async function verifyTarget({
  ask,
  keys,
  tests = 1,
  until = 'listing',
  ...progress
}: VerifyOptions): Promise<TargetReport> {
  const [answers, spent]: [Answered[], string[]] = [[], []];
  let refused = 0;
  let evidence = weighEvidence([], tests);
  for (const [i, { id, prompt, candidate, chance }] of keys.entries()) {
    report(progress, 'asking', i / keys.length);
    const head = await ask(prompt);
    spent.push(id);
    if (head === undefined) refused++;
    else answers.push({ hit: headMatches(head, candidate), chance });
    evidence = weighEvidence(answers, tests);
    if (evidence.rung && ORDER.indexOf(evidence.rung) >= ORDER.indexOf(until)) break;
  }
  return { ...evidence, spent, refused };
}
