import type { Hex } from 'viem';
import { generatePrivateKey } from 'viem/accounts';

/** A word that nothing else holds: a nonce, a salt. */
export function random(): Hex {
  return generatePrivateKey();
}
