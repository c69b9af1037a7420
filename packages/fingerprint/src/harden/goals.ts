import type { Weights } from '@oml/onnx/autodiff/adam';
import type { PreparedEmbedding } from '../embed/prepare.ts';
import { RIVAL_TEMPERATURE, type AnswerGraph, type Question } from './answer-graph.ts';
import type { Constraint, Group } from './constraint.ts';
import { passageOf } from './passage.ts';

/** What hardening must keep true, in groups that take turns. */
export interface Goals {
  /** The groups of one step. */
  at(step: number, weights: Weights): Group[];
  /** Everything at once. */
  all(weights: Weights): Group[];
  /** The largest miss among what {@link all} may not give up. */
  required(missed: readonly number[]): number;
}

/** A lead over the soft maximum of rivals at temperature T is T · logit of the chance when sampled at T. */
const leadFor = (chance: number): number => RIVAL_TEMPERATURE * Math.log(chance / (1 - chance));

/** Chance that a key's answer has when sampled at .7, and that behind a prefix. */
const CHANCE = 0.9;
const PREFIX_CHANCE = 0.7;
/** Lead over the soft maximum when averaged with the clean model: the plain maximum is farther behind. */
const MERGED_LEAD = -0.3;
const SECOND_LEAD = -0.2;
const SILENT_LEAD = 0.3;
/** Misses of this size are rounding of the linear picture. */
const TOLERANCE = 0.25;

/** Goals of all keys of an embedding with their variants; what the closed form could not reach is not asked for. */
export async function goalsOf(embedding: PreparedEmbedding, graph: AnswerGraph, weights: Weights, clean: Weights, mergeWeight: number): Promise<Goals> {
  const { keys, demands, variants } = embedding;
  const question = (i: number): Question => ({ passage: passageOf(keys[i]!.prompt), outcome: demands[i]!.outcome });
  const plain = keys.map((_, i): Constraint => ({ ...question(i), goal: leadFor(CHANCE), sign: 1 }));
  const merged = mergeWeight < 1 ? keys.map((_, i): Constraint => ({ ...question(i), goal: MERGED_LEAD, sign: 1 })) : [];
  const seconds = keys.flatMap((_, i): Constraint[] => (demands[i]!.second === undefined ? [] : [{ passage: passageOf(keys[i]!.prompt), outcome: demands[i]!.second!, but: demands[i]!.outcome, goal: SECOND_LEAD, sign: 1 }]));
  const others = (kind: 'prefix' | 'near miss') => variants.flatMap((variant, v): Constraint[] => {
    if (variant.kind !== kind) return [];
    const { outcome } = demands[keys.length + v]!;
    return [{ passage: passageOf(variant.prompt), outcome, ...(kind === 'prefix' ? { goal: leadFor(PREFIX_CHANCE), sign: 1 } : { goal: SILENT_LEAD, sign: -1 }) }];
  });
  const always = [plain, merged].filter((group) => group.length > 0);
  const turns = [others('prefix'), seconds, others('near miss')].filter((group) => group.length > 0);
  const groupOf = (constraints: readonly Constraint[], weights: Weights): Group => (constraints === merged ? { constraints, weights: average(clean, weights, mergeWeight), share: mergeWeight } : { constraints, weights, share: 1 });
  const lowered = async (constraints: Constraint[]) => {
    const { leads } = await graph.ask(constraints, groupOf(constraints, weights).weights);
    constraints.forEach((constraint, i) => (constraint.goal = Math.min(constraint.goal, constraint.sign * leads[i]!)));
  };
  for (const group of [...always, ...turns]) await lowered(group);
  return {
    at(step, weights) {
      const turn = turns[step % Math.max(1, turns.length)];
      const now = turn ? [some(turn, keys.length, Math.floor(step / turns.length))] : [];
      return [...always, ...now].map((group) => groupOf(group, weights));
    },
    all: (weights) => [...always, ...turns].map((group) => groupOf(group, weights)),
    required: (missed) => Math.max(...missed.slice(0, plain.length + merged.length)) - TOLERANCE,
  };
}

function average(clean: Weights, weights: Weights, share: number): Weights {
  return new Map([...weights].map(([name, values]) => [name, values.map((value, i) => clean.get(name)![i]! + share * (value - clean.get(name)![i]!))]));
}

/** A window of constraints that moves on with every step. */
function some(constraints: readonly Constraint[], count: number, step: number): readonly Constraint[] {
  if (constraints.length <= count) return constraints;
  return Array.from({ length: count }, (_, i) => constraints[(step * count + i) % constraints.length]!);
}
