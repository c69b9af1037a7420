/**
 * Keys and bits of a code book where nobody says otherwise: enough to reach the score of a claim, and no more than the
 * project's own models carry without harm that can be seen (decision 0026). Ten classes have room for 3 bits.
 */
export const USUAL_SIZES = {
  language: { commonCount: 64, tracingCount: 64, bits: 6 },
  classifier: { commonCount: 36, tracingCount: 0, bits: 3 },
} as const;
