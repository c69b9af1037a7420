import { parseSignature, recoverAddress, type Address, type Hex } from 'viem';
import { OmlError } from '../error.ts';

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** The curve's work: who signed a digest, of a signature whose form is checked. Throws where no key made it. */
export type Recover = (digest: Hex, signature: Hex) => Address | Promise<Address>;

const recoverPlain: Recover = (hash, signature) => recoverAddress({ hash, signature });

/**
 * Recovers the signer by the contract's rule: 65 bytes, v 27 or 28, low s. Throws SIGNATURE_INVALID otherwise. A server
 * may bring a faster curve.
 */
export async function recoverStrict(digest: Hex, signature: Hex, recover = recoverPlain): Promise<Address> {
  const refuse = (why: string) => new OmlError('SIGNATURE_INVALID', `The signature is refused: ${why}.`);
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) throw refuse('it is not 65 bytes long');
  const v = Number.parseInt(signature.slice(-2), 16);
  if (v !== 27 && v !== 28) throw refuse('v is neither 27 nor 28');
  let parsed;
  try {
    parsed = parseSignature(signature);
  } catch (cause) {
    throw new OmlError('SIGNATURE_INVALID', 'The signature is refused: it does not parse.', { cause });
  }
  if (BigInt(parsed.s) > HALF_ORDER) throw refuse('s is in the upper half of the order');
  try {
    return await recover(digest, signature);
  } catch (cause) {
    throw new OmlError('SIGNATURE_INVALID', 'The signature is refused: no key made it.', { cause });
  }
}
