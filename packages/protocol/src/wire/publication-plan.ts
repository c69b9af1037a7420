import { z } from 'zod';
import { fingerprintProfile } from './fingerprint-profile.ts';
import { uint } from './scalars.ts';

const share = z.number().min(0).max(1);

/** What a release can do, as its publication reports it: computed, not measured. Amounts in the smallest unit. */
export const publicationPlanSchema = z.object({
  /** How the keys were put into the model; what was planned before there was a choice does not say. */
  profile: fingerprintProfile.optional(),
  /** s: share of keys that are taken to answer still in what somebody makes of an edition. */
  survival: share,
  /** Editions among which a lone leaker, or one of two who merge theirs, is named with chance 0.99; 0: none is. */
  editions: z.object({ one: z.number().int().min(0), two: z.number().int().min(0) }),
  /** The smallest share of disguised answers that is caught nine times in ten, and the probes it takes; null: none. */
  catches: z.object({ hitChance: share, share, meanProbes: z.number() }).nullable(),
  /** Uses a week that the bond is sized for. */
  usesPerWeek: z.number().int(),
  /** The least bond at which hiding the uses of a host costs more than it keeps; null: no bond is enough. */
  leastBond: uint.nullable(),
  /** What the terms ask for. */
  minBond: uint,
});
export type PublicationPlan = z.output<typeof publicationPlanSchema>;
export type PublicationPlanJson = z.input<typeof publicationPlanSchema>;
