import canonicalize from 'canonicalize';
import { bytesToHex, hexToBytes, stringToBytes, toFunctionSelector, type Hex } from 'viem';
import { z } from 'zod';
import { OmlError } from '../error.ts';
import { keccak } from '../keccak.ts';
import { readJson, readRequest } from './read-request.ts';
import { address, bytes32, hex } from './scalars.ts';

/** A measurement with its signature, as bytes: what one transaction carries. */
export const MOST_MEASUREMENT_BYTES = 24_000;
const MOST_FIGURES = 64;
const MOST_POINTS = 200;

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'not a name of small letters, digits and dashes');
const words = z.string().min(1).max(200);
const number = z.number().refine(Number.isFinite, 'not a finite number');

/** One number that was found. Who measures again finds it between `low` and `high`, ends included. */
const figureSchema = z
  .strictObject({ name: words, value: number, low: number, high: number, unit: z.string().max(40).optional() })
  .refine(({ value, low, high }) => low <= value && value <= high, 'the value lies outside of its interval');
export type MeasuredFigure = z.output<typeof figureSchema>;

/** What people would rather look at. It is not compared. */
const plotSchema = z.strictObject({
  title: words,
  x: words,
  y: words,
  series: z
    .array(z.strictObject({ name: words, points: z.array(z.tuple([number, number])).max(MOST_POINTS) }))
    .min(1)
    .max(12),
});
export type MeasuredPlot = z.output<typeof plotSchema>;

/** One thing that was measured of a release, so that anybody can measure it again. */
export const measurementSchema = z.strictObject({
  format: z.literal('oml-measurement-1'),
  method: z.strictObject({ name: slug, version: z.int().min(1).max(1_000) }),
  /** The weights digest that stands on chain; of an endpoint the one that it is said to serve. */
  release: bytes32,
  target: z.enum(['file', 'endpoint']),
  /** Of every byte that was measured with. */
  data: z.strictObject({ name: words, digest: bytes32 }),
  settings: z.record(slug, z.union([number, z.boolean(), z.string().max(200)])),
  figures: z.array(figureSchema).min(1).max(MOST_FIGURES),
  plots: z.array(plotSchema).max(4).default([]),
  /** What a reader has to know beside the figures. */
  notes: z.array(z.string().min(1).max(500)).max(8).default([]),
  /** Measures the same again. */
  command: z.string().min(1).max(1_000),
  /** Unix seconds. */
  measuredAt: z.int().min(0),
});
export type Measurement = z.output<typeof measurementSchema>;

/** As who somebody stands for one: the model's owner claims, a verifier with a stake has checked, others just say. */
export type MeasuredAs = 'claimed' | 'checked' | 'said';

/** A measurement and who stands for it. */
export const signedMeasurementSchema = z.strictObject({
  measurement: measurementSchema,
  by: address,
  signature: hex,
});
export type SignedMeasurement = z.output<typeof signedMeasurementSchema>;

/** Its RFC 8785 form: what its hash is taken of. */
export function canonicalMeasurement(measurement: Measurement): string {
  return canonicalize(measurement)!;
}

/** keccak256 of {@link canonicalMeasurement}. */
export const measurementHash = (measurement: Measurement): Hex =>
  keccak(stringToBytes(canonicalMeasurement(measurement)));

/** Reads a measurement or a signed one, of whoever wrote it. Throws REQUEST_INVALID. */
export function readMeasurement(text: string): { measurement: Measurement; signed?: SignedMeasurement } {
  const json = readJson(text);
  const isSigned = typeof json === 'object' && json !== null && 'measurement' in json;
  if (!isSigned) return { measurement: readRequest(measurementSchema, json, REFUSAL) };
  const signed = readRequest(signedMeasurementSchema, json, REFUSAL);
  return { measurement: signed.measurement, signed };
}

const REFUSAL = 'The measurement is refused';
const ANCHOR = toFunctionSelector('anchor(bytes32)');
/** A selector and a root. */
const CALL_BYTES = 36;

/**
 * What stands behind the call that anchors a measurement: a contract reads no further than its arguments, an index and
 * whoever checks do. Throws REQUEST_TOO_LARGE.
 */
export function carriedBytes(signed: SignedMeasurement): Hex {
  const carried = stringToBytes(canonicalize(signed)!);
  if (carried.length > MOST_MEASUREMENT_BYTES)
    throw new OmlError('REQUEST_TOO_LARGE', `A measurement has ${MOST_MEASUREMENT_BYTES} bytes at most.`);
  return bytesToHex(carried);
}

/** The measurement that call data carries, and the root that it anchors. Undefined where it carries none. */
export function carriedMeasurement(input: Hex): { root: Hex; signed: SignedMeasurement } | undefined {
  if (!input.toLowerCase().startsWith(ANCHOR)) return undefined;
  const bytes = hexToBytes(input);
  if (bytes.length <= CALL_BYTES || bytes.length > CALL_BYTES + MOST_MEASUREMENT_BYTES) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(CALL_BYTES));
    const { signed } = readMeasurement(text);
    return signed && { root: bytesToHex(bytes.subarray(4, CALL_BYTES)), signed };
  } catch {
    return undefined;
  }
}
