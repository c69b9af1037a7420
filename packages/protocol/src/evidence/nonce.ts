import { encodeAbiParameters, keccak256, type Address, type Hex } from 'viem';

/** `keccak256(claimant, salt)`: chosen by the client, so that only this claimant can open it. */
export function requestNonce(claimant: Address, salt: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [claimant, salt]));
}

/** The nonce a gateway uses where the client names none: nobody can open it, so nobody may claim. */
export function unclaimableNonce(paymentRef: Hex, cumulative: bigint): Hex {
  return keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }], [paymentRef, cumulative]));
}
