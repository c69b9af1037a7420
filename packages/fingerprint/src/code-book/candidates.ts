import { argmax } from '@oml/onnx/sampling';
import { candidateOf, compareCandidates } from '@oml/protocol/candidate';
import { headBytes, headOf } from '@oml/protocol/head';
import type { Hex } from 'viem';
import { outsideNucleus } from './keys.ts';
import type { Subject } from '../subject/subject.ts';

/** One possible answer: what the chain compares, and which token or class it is. */
export interface Candidate {
  head: Hex;
  outcome: number;
}

const TOP_P = 0.8;

/** Head of each outcome of a model; undefined where an outcome cannot be an answer (blank, control mark, part of a character, too long). */
export function outcomeHeads({ inspection, tokenizer }: Subject): (Hex | undefined)[] {
  return Array.from({ length: inspection.outcomes }, (_, outcome) => {
    if (inspection.kind === 'classifier') return headOf(String(outcome));
    const text = tokenizer!.decode([outcome]);
    if (tokenizer!.specialIds.has(outcome) || text.includes('\uFFFD')) return undefined;
    return candidateOf(text.replace(/^[\t\n\v\f\r ]+/, ''));
  });
}

/**
 * The `2^bits` likeliest answers just outside the nucleus of a key's scores, prefix-free and strictly sorted. None may stand at the start of
 * what the model answers anyway. `heads` leaves out what may not be an answer, `usualHeads` does not. Undefined where the key cannot supply them.
 */
export function drawCandidates(scores: Float32Array, heads: readonly (Hex | undefined)[], usualHeads: readonly (Hex | undefined)[], bits: number): Candidate[] | undefined {
  const usual = usualHeads[argmax(scores)];
  if (usual === undefined) return undefined;
  const taken: Candidate[] = [];
  for (const outcome of outsideNucleus(scores, TOP_P)) {
    const head = heads[outcome];
    if (head === undefined || overlap(head, usual) || taken.some((other) => overlap(head, other.head))) continue;
    taken.push({ head, outcome });
    if (taken.length === 2 ** bits) return taken.sort((a, b) => compareCandidates(a.head, b.head));
  }
  return undefined;
}

/** Is one of the two a prefix of the other? */
function overlap(a: Hex, b: Hex): boolean {
  const length = 2 + 2 * Math.min(headBytes(a).length, headBytes(b).length);
  return a.slice(0, length) === b.slice(0, length);
}
