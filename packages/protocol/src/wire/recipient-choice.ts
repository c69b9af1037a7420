import { z } from 'zod';
import { address, hex, uint } from './scalars.ts';

/** A list that an owner can still look over. */
export const MOST_RECIPIENTS = 200;
const verifiers = z.array(address).max(MOST_RECIPIENTS).nullable();
const askedAt = z.int().min(0);

/**
 * Body of `PUT /models/:modelId/recipients`: the verifiers that probes of this model are sealed to; null: any that is
 * staked, `[]`: none. `askedAt` in Unix seconds.
 */
export const recipientChoiceSchema = z.strictObject({ verifiers, askedAt });
export type RecipientChoiceJson = z.input<typeof recipientChoiceSchema>;

/** What that answers. */
export const recipientsSchema = z.object({ modelId: z.string(), verifiers });

/** The same word with its signature, as an owner keeps it for a publisher that lost its disk. */
export const recipientWordSchema = z.strictObject({ modelId: uint, verifiers, askedAt, signature: hex });
export type RecipientWordJson = z.input<typeof recipientWordSchema>;
