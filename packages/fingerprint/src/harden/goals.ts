import type { Weights } from '@oml/onnx/autodiff/adam';
import { SAMPLING_TEMPERATURE } from '../embed/demand.ts';
import type { PreparedEmbedding, Variant } from '../embed/prepare.ts';
import type { Question } from './answer-graph.ts';
import type { Constraint, Group } from './constraint.ts';
import { passageOf } from './passage.ts';

/** What hardening must reach, in groups that are asked of the same weights. */
export interface Goals {
  /** `copies`: refits of these weights in which keys must still answer. */
  groups(weights: Weights, copies?: readonly Copy[]): Group[];
  /** The largest miss, in logits, among what no key may give up. */
  required(missed: readonly number[]): number;
  /** The same among what a refit should keep; 0 where no copy was asked. */
  anchored(missed: readonly number[]): number;
}

/** A refit of the weights, what it lets through, and by how many logits less keys may lead in it than otherwise. */
export interface Copy extends Required<Pick<Group, 'weights' | 'filters'>> {
  forgotten: number;
}

/** A lead over the soft maximum of rivals at temperature T is T · logit of the chance when sampled at T. */
const leadFor = (chance: number): number => SAMPLING_TEMPERATURE * Math.log(chance / (1 - chance));

/** Chance that a key's answer has when sampled at {@link SAMPLING_TEMPERATURE}. */
const CHANCE = 0.955;
/**
 * Leads over the plain maximum: averaged with the clean model, behind a prefix, in a conversation, of a second answer;
 * and by how much a near miss stays behind.
 */
const MERGED_LEAD = 0.1;
const PREFIX_LEAD = 0.5;
const CONVERSED_LEAD = 2;
const SECOND_LEAD = 0.2;
const SILENT_LEAD = 0.3;
/** So low a temperature makes of the soft maximum the plain one. */
const PLAIN = 0.1;
/**
 * By themselves, keys that a refit must keep lead by this much more at most: a lift of which a refit forgets no more
 * than of ordinary text cannot be told from that.
 */
const SPARE = 0.35;
/** A key may miss its lead by this much, in logits. */
const TOLERANCE = 0.1;

/** Goals of all keys of an embedding and of their variants. */
export function goalsOf({ keys, demands, variants }: PreparedEmbedding, clean: Weights, mergeWeight: number): Goals {
  const question = (i: number): Question => ({ passage: passageOf(keys[i]!.prompt), outcome: demands[i]!.outcome });
  const sampled = keys.map((_, i): Constraint => ({ ...question(i), goal: leadFor(CHANCE), sign: 1 }));
  const merged =
    mergeWeight < 1
      ? keys.map((_, i): Constraint => ({ ...question(i), goal: MERGED_LEAD, temperature: PLAIN, sign: 1 }))
      : [];
  const seconds = keys.flatMap((_, i): Constraint[] => {
    const { outcome, second } = demands[i]!;
    return second === undefined
      ? []
      : [{ ...question(i), outcome: second, but: outcome, goal: SECOND_LEAD, temperature: PLAIN, sign: 1 }];
  });
  const others = variants.map((variant, v) => variantGoal(variant, demands[keys.length + v]!.outcome));
  const required = sampled.length + seconds.length + others.length;
  return {
    groups: (weights, copies = []) => [
      { constraints: [...sampled, ...seconds, ...others], weights, share: 1 },
      ...(merged.length === 0
        ? []
        : [{ constraints: merged, weights: average(clean, weights, mergeWeight), share: mergeWeight }]),
      ...(copies.length === 0 ? [] : anchors(sampled, weights, copies)),
    ],
    required: (missed) =>
      Math.max(...missed.slice(0, sampled.length), ...missed.slice(required, required + merged.length)) - TOLERANCE,
    anchored: (missed) => Math.max(0, ...missed.slice(required + merged.length)) - 2 * TOLERANCE,
  };
}

/** The leads that keys must have, asked of refits as well, and ceilings on their own. */
function anchors(sampled: readonly Constraint[], weights: Weights, copies: readonly Copy[]): Group[] {
  const kept = copies.map(({ forgotten, ...copy }): Group => ({
    ...copy,
    constraints: sampled.map((one) => ({ ...one, goal: one.goal - forgotten })),
    share: 1,
  }));
  const ceilings = sampled.map((one): Constraint => ({ ...one, goal: -one.goal - SPARE, sign: -1 }));
  return [...kept, { constraints: ceilings, weights, share: 1 }];
}

function variantGoal({ kind, prompt }: Variant, outcome: number): Constraint {
  const asked = { passage: passageOf(prompt), outcome, temperature: PLAIN };
  if (kind === 'near miss') return { ...asked, goal: SILENT_LEAD, sign: -1 };
  return { ...asked, goal: kind === 'chat' ? CONVERSED_LEAD : PREFIX_LEAD, sign: 1 };
}

function average(clean: Weights, weights: Weights, share: number): Weights {
  return new Map(
    [...weights].map(([name, values]) => [
      name,
      values.map((value, i) => clean.get(name)![i]! + share * (value - clean.get(name)![i]!)),
    ]),
  );
}
