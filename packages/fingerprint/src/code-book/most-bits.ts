import type { Inspection } from '@oml/onnx/inspection';

/**
 * Bits per key that are asked for where nobody says: 6, the most that a code book may have, or what the outcomes of a
 * small classifier allow, whose usual answer is no candidate.
 */
export const mostBits = ({ outcomes }: Pick<Inspection, 'outcomes'>): number =>
  Math.max(1, Math.min(6, Math.floor(Math.log2(outcomes - 1))));
