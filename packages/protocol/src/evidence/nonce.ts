import { concatBytes, encodeAbiParameters, hexToBytes, numberToBytes, type Address, type Hex } from 'viem';
import { keccak } from '../keccak.ts';

/** `keccak256(claimant, salt)`: chosen by the client, so that only this claimant can open it. */
export function requestNonce(claimant: Address, salt: Hex): Hex {
  return keccak(hexToBytes(encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [claimant, salt])));
}

/** The nonce a gateway uses where the client names none: nobody can open it, so nobody may claim. */
export function unclaimableNonce(paymentRef: Hex, cumulative: bigint): Hex {
  return keccak(concatBytes([hexToBytes(paymentRef), numberToBytes(cumulative, { size: 32 })]));
}
