import { concatBytes, hexToBytes, type Hex } from 'viem';
import { deriveBytes, secretRandom } from '../code-book/secret.ts';

/**
 * The secret direction of a watermark, uniform on the unit sphere of R^size. The secret is committed before the
 * beacon's block is mined, so
 * the owner cannot choose a direction that some innocent model happens to lean towards.
 */
export function watermarkDirection(secret: Uint8Array, beacon: Hex, size: number): Float64Array {
  const random = secretRandom(
    concatBytes([deriveBytes(secret, 'watermark'), hexToBytes(beacon)]),
    'watermark direction',
  );
  const direction = Float64Array.from({ length: size }, () => normal(random.uniform(), random.uniform()));
  const length = Math.hypot(...direction);
  return direction.map((value) => value / length);
}

/** Box and Muller. */
const normal = (a: number, b: number): number => Math.sqrt(-2 * Math.log(1 - a)) * Math.cos(2 * Math.PI * b);
