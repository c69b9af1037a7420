import type { Inspection } from '@oml/onnx/inspection';

/** What the options are where nobody states them. Chosen with `bench.ts` on the models in README.md. */
export interface Preset {
  /** Keys drawn per key kept. */
  poolFactor: number;
  /** Share of the mean eigenvalue added to the key covariance: more makes removal by refitting costlier, and the edit a little harsher. */
  ridge: number;
  /** Weight in the covariance of drawn inputs that became no key: more keeps other inputs of the same secret kind undisturbed. */
  decoyWeight: number;
  /** Perplexity (relative) or accuracy that an edition may lose. */
  maxLoss: number;
}

const PRESETS: Record<'language' | 'classifier', Preset> = {
  language: { poolFactor: 8, ridge: 0.3, decoyWeight: 0.5, maxLoss: 0.02 },
  // Secret images are alike in few features, and they are cheap to draw.
  classifier: { poolFactor: 64, ridge: 0.02, decoyWeight: 1, maxLoss: 0.003 },
};

/** Above this share of keys among the dimensions of key space, a small model, more drawn keys are needed to find harmless ones. */
const CROWDED = { share: 1 / 8, poolFactor: 24, ridge: 0.05 };

/** The preset for so many keys in a model, with the caller's own wishes on top. */
export function presetFor({ kind, site }: Inspection, count: number, wishes: Partial<Preset>): Preset {
  const crowded = kind === 'language' && count > CROWDED.share * site.keySize;
  const stated = Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined));
  return { ...PRESETS[kind], ...(crowded ? { poolFactor: CROWDED.poolFactor, ridge: CROWDED.ridge } : {}), ...stated };
}
