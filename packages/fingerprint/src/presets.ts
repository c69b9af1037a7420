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

export const PRESETS: Record<'language' | 'classifier', Preset> = {
  language: { poolFactor: 8, ridge: 0.3, decoyWeight: 0.5, maxLoss: 0.02 },
  // Secret images are alike in few features, and they are cheap to draw.
  classifier: { poolFactor: 64, ridge: 0.02, decoyWeight: 1, maxLoss: 0.003 },
};
