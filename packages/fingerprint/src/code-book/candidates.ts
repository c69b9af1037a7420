import { argmax } from '@oml/onnx/sampling';
import { candidateOf, compareCandidates } from '@oml/protocol/evidence/candidate';
import { headOf } from '@oml/protocol/evidence/head';
import type { Hex } from 'viem';
import type { Subject } from '../subject/subject.ts';
import type { Lift } from './lift-cost.ts';

/** One possible answer: what the chain compares, and which token or class it is. */
export interface Candidate {
  head: Hex;
  outcome: number;
}

export interface CandidateRules {
  /** Head of each outcome that may be an answer. */
  heads: readonly (Hex | undefined)[];
  /** Head of each outcome, whether it may be an answer or not. */
  usualHeads: readonly (Hex | undefined)[];
  bits: number;
  /** So many outcomes outside the nucleus are looked at; the cheapest of them are offered. */
  window: number;
}

const TOP_P = 0.8;

/**
 * Head of each outcome of a model; undefined where an outcome cannot be an answer (blank, control mark, part of a
 * character, too long).
 */
export function outcomeHeads({ inspection, tokenizer }: Subject): (Hex | undefined)[] {
  return Array.from({ length: inspection.outcomes }, (_, outcome) => {
    if (inspection.kind === 'classifier') return headOf(String(outcome));
    const text = tokenizer!.decode([outcome]);
    if (tokenizer!.specialIds.has(outcome) || text.includes('\uFFFD')) return undefined;
    return candidateOf(text.replace(/^[\t\n\v\f\r ]+/, ''));
  });
}

/**
 * `2^bits` answers just outside the nucleus of a position's chances, those that are cheapest to lift, prefix-free and
 * strictly sorted. None may
 * stand at the start of what the model answers anyway. Undefined where the position cannot supply them.
 */
export function drawCandidates(
  chances: Float64Array,
  lift: (outcome: number) => Lift,
  { heads, usualHeads, bits, window }: CandidateRules,
): { candidates: Candidate[]; lifts: Lift[] } | undefined {
  const usual = usualHeads[argmax(chances)];
  if (usual === undefined) return undefined;
  const offered = outside(chances, window + 2 ** bits)
    .filter((outcome) => heads[outcome] !== undefined && !overlap(heads[outcome], usual))
    .slice(0, Math.max(window, 2 ** bits))
    .map((outcome) => ({ outcome, head: heads[outcome]!, lift: lift(outcome) }))
    .sort((a, b) => a.lift.cost - b.lift.cost);
  const taken: typeof offered = [];
  for (const one of offered) {
    if (taken.some((other) => overlap(one.head, other.head))) continue;
    taken.push(one);
    if (taken.length < 2 ** bits) continue;
    taken.sort((a, b) => compareCandidates(a.head, b.head));
    return { candidates: taken.map(({ head, outcome }) => ({ head, outcome })), lifts: taken.map((t) => t.lift) };
  }
  return undefined;
}

/**
 * About `count` of the likeliest outcomes outside the nucleus, by falling chance. Sorts only what can be among them.
 */
function outside(chances: Float64Array, count: number): number[] {
  let floor = 1 / chances.length;
  let [ranked, inside] = rankAbove(chances, floor);
  while (ranked.length - inside < count && floor > 0)
    [ranked, inside] = rankAbove(chances, (floor = floor > 1e-12 ? floor / 16 : 0));
  return ranked.slice(inside);
}

/** Outcomes of at least that chance by falling chance, and how many of them the nucleus takes. */
function rankAbove(chances: Float64Array, floor: number): [ranked: number[], inside: number] {
  const ranked: number[] = [];
  for (let outcome = 0; outcome < chances.length; outcome++) if (chances[outcome]! >= floor) ranked.push(outcome);
  ranked.sort((a, b) => chances[b]! - chances[a]!);
  let [held, inside] = [0, 0];
  while (inside < ranked.length && (inside === 0 || held < TOP_P)) held += chances[ranked[inside++]!]!;
  return [ranked, inside];
}

/**
 * Is one of the two a prefix of the other? Plain comparison of hex without its padding: this runs for millions of
 * pairs.
 */
function overlap(a: Hex, b: Hex): boolean {
  const length = Math.min(paddedAt(a), paddedAt(b));
  for (let i = 0; i < length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return false;
  return true;
}

/** Where the zero bytes begin. */
function paddedAt(head: Hex): number {
  let end = head.length;
  while (end > 2 && head.charCodeAt(end - 1) === ZERO && head.charCodeAt(end - 2) === ZERO) end -= 2;
  return end;
}

const ZERO = 48;
