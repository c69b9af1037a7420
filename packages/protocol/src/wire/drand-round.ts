import type { Hex } from 'viem';
import { z } from 'zod';

/** Where a relay of drand serves a round of a chain; its base address has no trailing slash. */
export const drandRoundUrl = (relay: string, chainHash: Hex, round: bigint): string =>
  `${relay}/${chainHash.slice(2)}/public/${round}`;

/** What it answers with. `randomness` is there, too, and follows from the signature. */
export const drandRound = z.looseObject({
  round: z.int().positive(),
  /** A compressed point of G1. */
  signature: z
    .string()
    .regex(/^[0-9a-f]{96}$/, 'not 48 bytes of hex')
    .transform((text): Hex => `0x${text}`),
});
