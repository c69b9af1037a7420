import type { Inspection } from '@oml/onnx/inspection';

/** What the options are where nobody states them. Chosen by measurement: docs/benchmarks/fingerprint.md. */
export interface Preset {
  /** Texts (or images) drawn per key kept. */
  poolFactor: number;
  /** Texts drawn at least: they also tell what the model's own text is like. */
  poolLeast: number;
  /**
   * Share of the mean eigenvalue added to the key covariance, for common keys and for tracing keys: more makes removal
   * by refitting costlier, and the edit harsher.
   */
  ridge: number;
  tracingRidge: number;
  /** How much the model's own text (or drawn images) counts against ordinary data. */
  ownWeight: number;
  /** Outcomes outside the nucleus among which the cheapest are offered as candidates. */
  window: number;
  /** Logits on top of the merge margin. */
  slack: number;
  /** Chance of an answer when sampled at temperature .7. */
  chance?: number;
  /** Variants of each key that are trained in: behind a prefix, and near misses that stay silent. */
  prefixes: number;
  nearMisses: number;
  /** Perplexity (relative) or accuracy that an edition may lose. */
  maxLoss: number;
}

const PRESETS: Record<'language' | 'classifier', Preset> = {
  language: {
    poolFactor: 5,
    poolLeast: 192,
    ridge: 0.3,
    tracingRidge: 1,
    ownWeight: 4,
    window: 200,
    slack: 0.2,
    chance: 0.86,
    prefixes: 3,
    nearMisses: 2,
    maxLoss: 0.02,
  },
  // Secret images are alike in few features, and they are cheap to draw.
  classifier: {
    poolFactor: 64,
    poolLeast: 512,
    ridge: 0.02,
    tracingRidge: 0.3,
    ownWeight: 1,
    window: 16,
    slack: 0.5,
    prefixes: 0,
    nearMisses: 0,
    maxLoss: 0.003,
  },
};

/** The preset of a kind of model, with the caller's own wishes on top. */
export function presetFor({ kind }: Pick<Inspection, 'kind'>, wishes: Partial<Preset>): Preset {
  const stated = Object.fromEntries(
    Object.entries(wishes).filter(([name, value]) => value !== undefined && name in { ...PRESETS.language }),
  );
  return { ...PRESETS[kind], ...stated };
}
