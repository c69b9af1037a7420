import { HOLD_CHANCE } from './edition.ts';
import { gradeSteps } from './graded-tail.ts';
import { traceGrades } from './trace-graded.ts';
import type { Licensee, Suspect } from './trace.ts';

/** How often a copy gave the answer of one tracing key. */
export interface Sampled {
  hits: number;
  asked: number;
  /** Chance that the clean model gives it when sampled alike; between 0 and 1. */
  chance: number;
}

/**
 * What may have become of the chance of a held key's answer: pushed back below the clean model's, held to a little
 * above it, or high enough to be seen at once. What none of them fits, the nearest still tells.
 */
const READINGS: readonly ((chance: number) => number)[] = [
  (chance) => chance / 8,
  (chance) => Math.min(2 * chance, (1 + chance) / 2),
  (chance) => Math.sqrt(chance),
];
/** Nats that one key may say at most: single keys shall not speak for all. */
const LOUDEST = 4;

/**
 * Which licensees a copy comes from, by text that it wrote when each tracing key was asked several times. A host that
 * pushes its keys back (decision 0063) answers none, and gives itself away all the same: it writes the answers of the
 * keys that it holds more seldom, or more often, than those of all others. Grades are log-likelihood ratios of a held
 * key against the clean model's chance; how the copy sampled does not matter to the innocent, whose subset is secret
 * and independent of it: as exact as `traceCopy`.
 */
export function traceSampled(
  sampled: readonly Sampled[],
  licensees: readonly Licensee[],
  holdChance = HOLD_CHANCE,
): Suspect[] {
  return traceGrades(sampledGrades(sampled), licensees, holdChance);
}

/** A grade per key, under each reading. Throws RangeError for counts or chances that are none. */
export function sampledGrades(sampled: readonly Sampled[]): Int16Array[] {
  const steps = gradeSteps(sampled.length) / LOUDEST;
  return READINGS.map((reading) =>
    Int16Array.from(sampled, ({ hits, asked, chance }) => {
      if (!(chance > 0 && chance < 1) || !(hits >= 0 && hits <= asked))
        throw new RangeError(`${hits} of ${asked} answers at a chance of ${chance} are no sample.`);
      const held = reading(chance);
      const nats = hits * Math.log(held / chance) + (asked - hits) * Math.log((1 - held) / (1 - chance));
      return Math.round(steps * Math.max(-LOUDEST, Math.min(LOUDEST, nats)));
    }),
  );
}
