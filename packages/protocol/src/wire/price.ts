import canonicalize from 'canonicalize';
import { keccak256, stringToBytes, type Address, type Hex } from 'viem';
import { z } from 'zod';
import { uint } from './scalars.ts';

/** What a metered call costs by what it used; amounts in the token's smallest unit. */
export interface Metered {
  /** A call costs at least this, and never less than the terms of its license ask for. */
  least: bigint;
  perCall: bigint;
  perMillionInputTokens: bigint;
  perMillionOutputTokens: bigint;
  /** Of making the answer, not of waiting for it. */
  perSecond: bigint;
}

/** What calls of one model cost at one host. */
export interface Price {
  /** The most that a call costs; what every call costs where it is not metered. Smallest unit. */
  price: bigint;
  metered?: Metered | undefined;
}

const rate = uint.prefault('0');

export const meteredSchema = z
  .strictObject({
    least: rate,
    perCall: rate,
    perMillionInputTokens: rate,
    perMillionOutputTokens: rate,
    perSecond: rate,
  })
  .refine(({ least: _, ...rates }) => Object.values(rates).some((each) => each > 0n), 'charges for nothing');

/** Rates as JSON. */
export const meteredToJson = (metered: Metered): z.input<typeof meteredSchema> => ({
  least: String(metered.least),
  perCall: String(metered.perCall),
  perMillionInputTokens: String(metered.perMillionInputTokens),
  perMillionOutputTokens: String(metered.perMillionOutputTokens),
  perSecond: String(metered.perSecond),
});

/** What a call used. A classifier reads and writes no tokens. */
export interface Used {
  inputTokens: number;
  outputTokens: number;
  ms: number;
}

const MILLION = 1_000_000n;

/** What a call costs, rounded up; smallest unit. */
export function costOf({ price, metered }: Price, { inputTokens, outputTokens, ms }: Used): bigint {
  if (!metered) return price;
  const { least, perCall, perMillionInputTokens, perMillionOutputTokens, perSecond } = metered;
  const millionths =
    perCall * MILLION +
    BigInt(inputTokens) * perMillionInputTokens +
    BigInt(outputTokens) * perMillionOutputTokens +
    BigInt(Math.ceil(ms)) * perSecond * 1_000n;
  const sum = (millionths + MILLION - 1n) / MILLION;
  const cost = sum > least ? sum : least;
  return cost < price ? cost : price;
}

/**
 * The most that a call can cost whose input is known and whose output is bounded. Nobody knows beforehand how long an
 * answer takes: by the second, it is the most that any call costs.
 */
export function ceilingOf(price: Price, most: Omit<Used, 'ms'>): bigint {
  return price.metered && price.metered.perSecond > 0n ? price.price : costOf(price, { ...most, ms: 0 });
}

/** Names a price: keccak256 of the RFC 8785 form of what is charged, in which token. */
export function priceVersion({ price, metered }: Price, token: Address): Hex {
  const document = { token, price: String(price), ...(metered ? { metered: meteredToJson(metered) } : {}) };
  return keccak256(stringToBytes(canonicalize(document)!));
}
