import { OmlError } from '@oml/protocol/error';
import { leafHash } from '@oml/protocol/evidence/code-book';
import type { EditSite } from '@oml/onnx/inspection';
import { concatHex, keccak256, toHex, type Hex } from 'viem';
import type { Atoms } from './atoms.ts';
import { deviationOf, editionNoise } from './edition-noise.ts';
import { storedMatrix } from './site-matrix.ts';
import { leavesOf, type CodeBook } from '../code-book/code-book.ts';
import { deriveHex } from '../code-book/secret.ts';
import { addDeltas, outerSum, type TensorDelta } from '../embed/tensor-delta.ts';

/** Everything that editions of one release are made of. Secret. */
export interface Prepared {
  /** The clean model file. Never released. */
  base: Uint8Array;
  site: EditSite;
  /** What every edition carries for the common keys, the same to the bit: any fixed change of any weights. */
  common: TensorDelta[];
  /** One atom per tracing key, solved on the model that carries `common` already. */
  atoms: Atoms;
  commonCount: number;
  tracingCount: number;
}

/**
 * The model file of one edition: base + what all editions carry + atoms of the held tracing keys, numbered from 0, +
 * the noise of its slot, where a slot
 * seed is given. Throws EDITION_INVALID.
 */
export function deriveEdition(
  { base, site, common, atoms, tracingCount }: Prepared,
  heldTracing: readonly number[],
  slotSeed?: Hex,
): Uint8Array {
  if (
    heldTracing.some((i) => !Number.isInteger(i) || i < 0 || i >= tracingCount) ||
    new Set(heldTracing).size !== heldTracing.length
  )
    throw new OmlError('EDITION_INVALID', `A subset of ${tracingCount} tracing keys was expected.`);
  const own = heldTracing.length === 0 ? [] : [outerSum(site, atoms.duals, atoms.shifts, heldTracing)];
  const noise = slotSeed === undefined ? [] : [editionNoise(site, deviationOf(storedMatrix(site, base)), slotSeed)];
  return addDeltas(base, [...common, ...own, ...noise]);
}

/** Seed of one license slot, from the owner's secret: revealing it tells nothing of other slots. */
export function slotSeed(secret: Uint8Array, slot: number): Hex {
  return deriveHex(secret, `slot ${slot}`);
}

export interface SubsetInputs {
  slotSeed: Hex;
  /** Committed by the host when it accepted the terms. */
  hostSalt: Hex;
  /** Beacon of a block after that. */
  beacon: Hex;
}

/** Chance of a tracing key to be in an edition: .35 serves coalitions of two, .5 of three (editions.md §6). */
export const HOLD_CHANCE = 0.35;

/**
 * Tracing keys of one edition, ascending from 0: PRF(slot seed, host salt, beacon), which neither side can choose
 * alone.
 */
export function editionSubset(
  { slotSeed, hostSalt, beacon }: SubsetInputs,
  tracingCount: number,
  holdChance = HOLD_CHANCE,
): number[] {
  const limit = BigInt(Math.round(holdChance * 2 ** 32)) << 224n;
  return [...Array(tracingCount).keys()].filter(
    (i) => BigInt(keccak256(concatHex([slotSeed, hostSalt, beacon, toHex(i, { size: 32 })]))) < limit,
  );
}

/** Code-book indices that an edition holds: all common keys, then its tracing keys. */
export function heldKeys({ commonCount }: Pick<CodeBook, 'commonCount'>, subset: readonly number[]): number[] {
  return [...Array(commonCount).keys(), ...subset.map((i) => commonCount + i)];
}

/** Commitment to the keys of an edition, keccak256 of their leaf hashes in order; salts keep it from being guessed. */
export function editionRoot(book: CodeBook, subset: readonly number[]): Hex {
  const leaves = leavesOf(book);
  return keccak256(concatHex(heldKeys(book, subset).map((i) => leafHash(leaves[i]!))));
}
