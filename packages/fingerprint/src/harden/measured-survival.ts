import type { ModelKind } from '@oml/protocol/wire/model-kind';
import type { Profile } from './profile.ts';

/** s within a cost: the least share of keys that a host that adapts leaves for so much of the model's quality. */
interface Within {
  cost: number;
  survival: number;
}

const within = (...survivals: [number, number, number, number]): Within[] =>
  [0.01, 0.02, 0.05, 0.1].map((cost, i) => ({ cost, survival: survivals[i]! }));

/**
 * What a host that adapts left of each profile, for releases that nobody attacked yet. Rounded down, and nothing where
 * nobody measured (classifiers):
 * - language, fast: wiki2m6, `node packages/fingerprint/bench/adaptive.ts wiki2m6 fast fresh` (decision 0063).
 * - language, hardened: wiki2m6, the same with hardened: one secret, 64 keys, .031 for .47 %, none for 1.5 %.
 * - language, anchored: the same with anchored, of the same secret: .671, .562, .453 and .296 (decision 0076).
 *
 * `adaptive.<profile>.survival<cost>` in docs/benchmarks/fingerprint.json, once measured, may not fall below it: a test
 * compares them. Another model may keep more or less: `oml file attack --adaptive` measures the very release.
 */
const MEASURED: Record<ModelKind, Record<Profile, readonly Within[]>> = {
  language: { fast: within(0, 0, 0, 0), hardened: within(0.03, 0, 0, 0), anchored: within(0.67, 0.56, 0.45, 0.29) },
  classifier: { fast: within(0, 0, 0, 0), hardened: within(0, 0, 0, 0), anchored: within(0, 0, 0, 0) },
};

/** What a host is taken to give up of a model's quality where nobody says otherwise. */
export const PLANNED_COST = 0.05;

/** s of a release that was not measured itself, within a cost; beyond the costliest that was tried, nothing. */
export function usualSurvival(kind: ModelKind, profile: Profile, cost = PLANNED_COST): number {
  return MEASURED[kind][profile].find((one) => one.cost >= cost)?.survival ?? 0;
}
