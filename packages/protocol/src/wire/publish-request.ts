import { z } from 'zod';
import { fingerprintProfile } from './fingerprint-profile.ts';
import { modelKind } from './model-kind.ts';
import { address, uint } from './scalars.ts';

/** SHA-256 of a file in hex: the name under which a publisher keeps it. */
export const uploadId = z.string().regex(/^[0-9a-f]{64}$/, 'not an upload id');

const bps = z.number().int().min(0).max(10_000);
export const modelId = uint.refine((id) => id > 0n, 'models count from 1');
/** What the contracts keep an amount in. */
const uint96 = uint.refine((amount) => amount < 2n ** 96n, 'too large an amount');
const uint56 = uint.refine((amount) => amount < 2n ** 56n, 'too large an amount');

/** The parts of a model, as uploads. */
export const publishFiles = z.strictObject({
  model: uploadId,
  tokenizer: uploadId.optional(),
  tokenizerConfig: uploadId.optional(),
  config: uploadId.optional(),
  card: uploadId.optional(),
  /** How pictures, numbers or sounds become what the model is fed: preprocessing.json, or Hugging Face's. */
  preprocessing: uploadId.optional(),
  /**
   * Token ids (int32) of ordinary use, pixels (uint8), or float32 where the preprocessing is of numbers or sounds: what
   * the edit must leave alone.
   */
  ordinary: uploadId.optional(),
  /** The same kind of data, kept for measuring harm. */
  heldout: uploadId.optional(),
  labels: uploadId.optional(),
});

/**
 * How many keys of a code book every edition holds, of how many each holds a subset, 2^bits answers a key, and how they
 * are put into the model.
 */
export const fingerprintSizes = z.strictObject({
  commonCount: z.number().int().min(1).max(4096),
  tracingCount: z.number().int().min(0).max(4096),
  bits: z.number().int().min(1).max(6),
  /** Left out by whoever ordered before there was a choice: fast. */
  profile: fingerprintProfile.optional(),
});

/**
 * Body of `POST /publications`. Strict, so that no member of a signed body is left unread. Amounts in the token's
 * smallest unit, as decimal strings.
 */
export const publishRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  kind: modelKind,
  files: publishFiles,
  /** Clean models of the same kind and tokenizer that the keys' chance is measured on. */
  panel: z.array(uploadId).max(8).default([]),
  fingerprints: fingerprintSizes,
  terms: z.strictObject({
    floorPrice: uint56.refine((price) => price > 0n, 'a use costs something'),
    minBond: uint96,
    ownerShareBps: bps,
    slashBps: bps.min(1),
    uri: z.string().max(2000),
    /** What others pay for the right to build on the model: once, and of every use of what they build. */
    derive: z.strictObject({ price: uint96, royaltyBps: bps.max(5_000) }).optional(),
    /** What it costs to run the model for oneself, for each period of so many seconds. */
    private: z.strictObject({ price: uint96, periodSeconds: z.number().int().min(1).max(0xffff_ffff) }).optional(),
    /** Does the owner approve each licensee, of whatever kind? */
    approval: z.boolean().optional(),
  }),
  /** Prices that look like a slip (`termsPriceFault`) are meant: the owner says so. */
  anyPrice: z.boolean().default(false),
  /** Gives the marked weights of a demo edition away, to anybody; only the owner's own word does. Classifiers only. */
  demo: z.boolean().default(false),
  /** Models that this one is built on: the owner's own, or by a DERIVE license of the publisher's account. */
  parents: z.array(modelId).max(16).default([]),
  owner: address,
});
export type PublishRequest = z.output<typeof publishRequestSchema>;
export type PublishRequestJson = z.input<typeof publishRequestSchema>;
