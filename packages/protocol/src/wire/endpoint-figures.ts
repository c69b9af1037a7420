import canonicalize from 'canonicalize';
import { keccak256, stringToBytes, type Hex } from 'viem';
import { z } from 'zod';
import { address, uint } from './scalars.ts';

/** Where a verifier tells what it found of endpoints. */
export const ENDPOINT_FIGURES_PATH = '/endpoints';
/** Rows of one telling at most. */
export const MOST_ENDPOINTS = 2_000;
/** Longer ones are left out: a host chooses its own, and one must not swell what all are told in. */
export const LONGEST_ENDPOINT = 500;

/** So many looks in a row that find nothing make an endpoint a dead one. */
export const LOOKS_IN_VAIN = 6;

const count = z.number().int().min(0).max(1_000_000_000);
const time = z.iso.datetime();
/** Half and nineteen of twenty took no longer, in ms. */
const quantiles = z.object({ p50Ms: count, p95Ms: count });

/** What one verifier saw of one license's endpoint within a window. */
export const endpointFiguresSchema = z.object({
  licenseId: uint,
  modelId: uint,
  endpoint: z.string().max(LONGEST_ENDPOINT),
  /** The window. */
  from: time,
  to: time,
  /** How often it looked, and found the license's model listed there. */
  looks: count,
  up: count,
  /** Looks in vain since the last that found it. */
  missed: count,
  /** Its paid answers of the window whose receipts verified, and how long those took with their payment. */
  answers: count,
  answered: quantiles.nullable(),
  /** Of streamed answers, from the first piece to the last; half were faster. */
  tokensPerSecond: z.number().min(0).max(1_000_000).nullable(),
  /** What a call costs there at most, smallest unit; and whether token, payee and floor are as the chain says. */
  price: z.object({ asked: uint, holds: z.boolean() }).nullable(),
  /** The last paid answer whose receipt verified, be it before the window. */
  verifiedAt: time.nullable(),
});
export type EndpointFigures = z.output<typeof endpointFiguresSchema>;
export type EndpointFiguresJson = z.input<typeof endpointFiguresSchema>;

/** What `GET /endpoints` answers. */
export const toldEndpointsSchema = z.object({
  verifier: address,
  /** How these figures came about, in words for people. */
  method: z.string().max(1_000),
  /** When it was told; newer replaces older. */
  at: time,
  endpoints: z.array(endpointFiguresSchema).max(MOST_ENDPOINTS),
  /** Of the verifier, over all the rest. */
  signature: z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{130}$/i.test(value)),
});
export type ToldEndpoints = z.output<typeof toldEndpointsSchema>;
export type ToldEndpointsJson = z.input<typeof toldEndpointsSchema>;

/** The hash of what was told: keccak256 of its RFC 8785 form. */
export function toldEndpointsHash(told: Omit<ToldEndpointsJson, 'signature'>): Hex {
  return keccak256(stringToBytes(canonicalize(told)!));
}
