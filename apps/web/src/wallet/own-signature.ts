import { OmlError } from '@oml/protocol/error';
import { isAddressEqual, recoverTypedDataAddress, size, type RecoverTypedDataAddressParameters } from 'viem';
import type { Address } from '#kit/hex.ts';

/** Of a key of its own; what contracts sign is longer, and is checked by whoever takes it. */
const SIGNATURE_BYTES = 65;

/**
 * Makes sure that a wallet signed what it was asked to: some put another domain in its place, such as an empty one.
 * Whoever gets such a signature can only refuse it. Throws SIGNATURE_INVALID.
 */
export async function checkOwn(asked: RecoverTypedDataAddressParameters, account: Address): Promise<void> {
  if (size(asked.signature as `0x${string}`) !== SIGNATURE_BYTES) return;
  const signer = await recoverTypedDataAddress(asked).catch(() => undefined);
  if (signer && isAddressEqual(signer, account)) return;
  throw new OmlError(
    'SIGNATURE_INVALID',
    'Your wallet signed something else than this page asked it to, so nobody could take it. Nothing was sent.',
  );
}
