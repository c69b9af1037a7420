import { chacha20 } from '@noble/ciphers/chacha.js';
import type { EditSite } from '@oml/onnx/inspection';
import { hexToBytes, type Hex } from 'viem';
import { deriveBytes } from '../code-book/secret.ts';
import type { TensorDelta } from '../embed/tensor-delta.ts';

/**
 * Standard deviation of an edition's noise against that of the edited matrix's own weights. The difference of two
 * editions then has full rank, so that
 * the few directions in which their keys act no longer stand in it bare; perplexity moves by hundredths of a percent
 * (editions.md §3).
 */
export const NOISE_SHARE = 0.03;

/**
 * The noise of one edition as a change of the site's matrix whose weights deviate by `deviation`: uniform, independent
 * from weight to weight, the same
 * for one slot seed, and known to nobody without it (ChaCha20 under a derived key).
 */
export function editionNoise(
  { initializer, keySize, hiddenSize }: EditSite,
  deviation: number,
  slotSeed: Hex,
): TensorDelta {
  const words = keySize * hiddenSize;
  const stream = chacha20(
    deriveBytes(hexToBytes(slotSeed), 'edition noise'),
    new Uint8Array(12),
    new Uint8Array(4 * words),
  );
  const view = new DataView(stream.buffer, stream.byteOffset);
  const reach = NOISE_SHARE * deviation * Math.sqrt(3);
  const values = new Float32Array(words);
  for (let i = 0; i < words; i++) values[i] = reach * (view.getUint32(4 * i, true) / 2 ** 31 - 1);
  return { initializer, values };
}

/** Root mean square of weights. */
export function deviationOf(weights: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < weights.length; i++) squares += weights[i]! ** 2;
  return Math.sqrt(squares / weights.length);
}
