import { z } from 'zod';
import { isName } from '../evidence/name.ts';
import { uint } from './scalars.ts';

const MOST_BOND = 2n ** 96n - 1n;

/**
 * Body of `POST /models/:modelId/vouch`: what the title bond is raised to (the token's smallest unit), and a name for
 * the model's owner. `askedAt` in Unix seconds.
 */
export const vouchOrderSchema = z
  .strictObject({
    titleBond: uint.refine((bond) => bond > 0n && bond <= MOST_BOND, 'out of range').optional(),
    name: z.string().refine(isName, '3 to 32 of a-z, 0-9 and single hyphens inside').optional(),
    askedAt: z.int().min(0),
  })
  .refine(({ titleBond, name }) => titleBond !== undefined || name !== undefined, 'says neither a bond nor a name');
export type VouchOrderJson = z.input<typeof vouchOrderSchema>;

/** What that answers, and `GET /models/:modelId/vouch/:id`. */
export const vouchSchema = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  transactions: z.array(z.object({ step: z.string(), hash: z.string() })),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type VouchJson = z.input<typeof vouchSchema>;
