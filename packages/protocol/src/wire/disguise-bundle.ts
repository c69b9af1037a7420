import type { Address, Hex } from 'viem';
import { z } from 'zod';
import { MOST_ITEMS, type BatchOpening } from '../evidence/batch.ts';
import type { Receipt } from '../signed/receipt.ts';
import { batchOpeningSchema, openingToJson } from './probe-request.ts';
import { receiptSchema, unsignedToJson } from './receipt-json.ts';
import { address, bytes32, hex, uint } from './scalars.ts';

/** Deeper than any tree of ours. */
const proof = z.array(bytes32).max(64);
const MOST_SIGNERS = 64;

/** An item that was answered as the model answers, in the shape in which the court takes it (`Hit`). */
const hitSchema = z.strictObject({
  /** Which item of the batch; the key that it asked follows from the draw. */
  index: uint.refine((n) => n < BigInt(MOST_ITEMS), 'out of range'),
  evidence: z.strictObject({
    signed: z.strictObject({ receipt: receiptSchema, signature: hex, anchorRoot: bytes32, anchorProof: proof }),
    nonceSalt: bytes32,
  }),
  pairProof: proof,
  leaf: z.strictObject({ candidates: hex, salt: bytes32, proof }),
});

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/**
 * Everything by which anybody can check a disguised use again: what the court needs of it, and what the chain says, as
 * whoever shows this read it there. Items that are not among the hits are misses.
 */
export const disguiseBundleSchema = z.strictObject({
  offence: z.literal('disguised-use'),
  chainId: z.number().int().min(1),
  court: address,
  /** Whose batch it is: it alone opens the nonces. */
  claimant: address,
  batchId: bytes32,
  opening: batchOpeningSchema,
  /** Of the batch, the first so many: what is claimed. */
  itemCount: z.number().int().min(1).max(MOST_ITEMS),
  score: z.number().int(),
  needed: count,
  hits: z.array(hitSchema).max(MOST_ITEMS),
  chain: z.strictObject({
    /** Counted over all batches that anybody committed, and what the beacon drew for it. */
    batch: z.strictObject({ number: uint, beacon: bytes32 }),
    codeBook: z.strictObject({
      root: bytes32,
      beacon: bytes32,
      commonSize: z.number().int().min(1),
      bits: z.number().int().min(1).max(6),
      /** Counted over all code books. */
      number: uint,
    }),
    /** Score that a claim needs before both numbers are counted. */
    threshold: count,
    /** Keys that sign for the account. */
    signers: z.array(address).max(MOST_SIGNERS),
  }),
});
export type DisguiseBundle = z.output<typeof disguiseBundleSchema>;
export type DisguiseBundleJson = z.input<typeof disguiseBundleSchema>;
export type DisguiseHit = DisguiseBundle['hits'][number];

/** A hit as the court is given it. */
export interface CourtHit {
  index: bigint;
  evidence: {
    signed: { receipt: Receipt; signature: Hex; anchorRoot: Hex; anchorProof: readonly Hex[] };
    nonceSalt: Hex;
  };
  pairProof: readonly Hex[];
  leaf: { candidates: Hex; salt: Hex; proof: readonly Hex[] };
}

/** What a bundle is written of. */
export interface ShownDisguise extends Pick<DisguiseBundle, 'chainId' | 'itemCount' | 'score' | 'needed' | 'chain'> {
  court: Address;
  claimant: Address;
  batchId: Hex;
  opening: BatchOpening;
  hits: readonly CourtHit[];
}

/** A bundle as JSON. */
export function disguiseBundleToJson({ opening, hits, chain, ...rest }: ShownDisguise): DisguiseBundleJson {
  const { batch, codeBook } = chain;
  return {
    offence: 'disguised-use',
    ...rest,
    opening: openingToJson(opening),
    hits: hits.map(hitToJson),
    chain: {
      ...chain,
      batch: { ...batch, number: String(batch.number) },
      codeBook: { ...codeBook, number: String(codeBook.number) },
    },
  };
}

function hitToJson({ index, evidence, pairProof, leaf }: CourtHit): DisguiseBundleJson['hits'][number] {
  const { receipt, signature, anchorRoot, anchorProof } = evidence.signed;
  return {
    index: String(index),
    evidence: {
      signed: { receipt: unsignedToJson(receipt), signature, anchorRoot, anchorProof: [...anchorProof] },
      nonceSalt: evidence.nonceSalt,
    },
    pairProof: [...pairProof],
    leaf: { ...leaf, proof: [...leaf.proof] },
  };
}
