import type { OnnxModel } from '@oml/onnx/model-file';
import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import type { Heldout } from '../subject/measure.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';

/** A fingerprinted model under attack, with what its owner knows. */
export interface Specimen {
  name: string;
  /** The model before it was marked: tells what an attack costs whoever does it. */
  clean: Subject;
  marked: OnnxModel;
  /** The keys that `marked` holds. */
  prompts: readonly Prompt[];
  /** The selected answer of each key. */
  candidates: readonly Hex[];
  outcomes: readonly number[];
  /** Ordered pairs: what a host shows that removes the first answer. */
  seconds?: readonly number[];
  /** Tracing keys, whether `marked` holds them or not: asked of every copy that is watched. */
  tracing?: readonly Prompt[];
  /** A model of the same sizes that was trained apart: what an attacker may merge with. */
  stranger?: OnnxModel;
  ordinary: Ordinary;
  heldout: Heldout;
}

export type AttackFamily =
  | 'rounding'
  | 'pruning'
  | 'noise'
  | 'merging'
  | 'refit'
  | 'training'
  | 'prompt'
  | 'sampling'
  | 'suppression'
  | 'filter'
  | 'collusion'
  | 'adaptive';

/** One point of a survival curve. */
export interface SurvivalPoint {
  family: AttackFamily;
  attack: string;
  /** Grows with what the attacker does; its unit is the attack's own. */
  strength: number;
  label: string;
  /** Share of keys that still answer, between 0 and 1. */
  survival: number;
  /**
   * What the same attack does to the clean model: relative perplexity or accuracy lost; absent where it leaves weights
   * alone.
   */
  cost?: number;
  note?: string;
}

/**
 * Something that can be done to a specimen; yields its curve point by point, so that a run can be watched and stopped.
 */
export interface Attack {
  family: AttackFamily;
  name: string;
  /** Does it apply to this kind of model at all? */
  fits(specimen: Specimen): boolean;
  points(specimen: Specimen, signal?: AbortSignal): AsyncGenerator<SurvivalPoint>;
}

export const isLanguage = ({ clean }: Specimen): boolean => clean.inspection.kind === 'language';

/** Throws ABORTED. */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new OmlError('ABORTED', 'The attacks were cancelled.');
}
