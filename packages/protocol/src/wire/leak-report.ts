import { keccak256, stringToBytes, type Hex } from 'viem';
import { z } from 'zod';
import { address } from './scalars.ts';

const MOST_SEEN = 1_000;
const MOST_CHARACTERS = 16_000;

/**
 * Body of `POST /models/:modelId/leaks`: prompts that were seen where none should be, each as its text or as the JSON
 * of a request's body; and at which host account, where it was at one. `askedAt` in Unix seconds.
 */
export const leakQuestionSchema = z.strictObject({
  seen: z.array(z.string().min(1).max(MOST_CHARACTERS)).max(MOST_SEEN),
  at: address.optional(),
  askedAt: z.int().min(0),
});
export type LeakQuestionJson = z.input<typeof leakQuestionSchema>;

/** What an owner's signature on a question binds of what was seen. */
export const leakedDigest = ({ seen, at }: Pick<LeakQuestionJson, 'seen' | 'at'>): Hex =>
  keccak256(stringToBytes(JSON.stringify([at?.toLowerCase() ?? '', ...seen])));

/** What that answers: who was given probes of a model, and what of the seen each of them had. */
export const leakReportSchema = z.object({
  modelId: z.string(),
  /** Whom the owner chose; null: any verifier that is staked. */
  chosen: z.array(address).nullable(),
  recipients: z.array(
    z.object({
      verifier: address,
      release: z.number().int(),
      /** Batches that it was given. */
      batches: z.number().int(),
      /** Keys among the seen that it was given. */
      keys: z.number().int(),
      /**
       * `seen`: the prompt that it alone is given is among them; `unseen`: it is not; `none`: it has no such prompt,
       * since there were no more.
       */
      canary: z.enum(['seen', 'unseen', 'none']),
      /** It asked that prompt of the very host where it was seen, which may have kept it. */
      asked: z.boolean(),
    }),
  ),
  /** Keys of the code books among the seen. */
  keys: z.number().int(),
  /** Of the seen, what was given to nobody: neither a key nor a canary. */
  unknown: z.number().int(),
});
export type LeakReport = z.output<typeof leakReportSchema>;
