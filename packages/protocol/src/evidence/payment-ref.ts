import { encodeAbiParameters, keccak256, type Address, type Hex } from 'viem';

/** `keccak256("exact", token, from, nonce)`: how receipts and vaults name an x402 `exact` payment. */
export function exactPaymentRef(token: Address, from: Address, nonce: Hex): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: 'string' }, { type: 'address' }, { type: 'address' }, { type: 'bytes32' }],
      ['exact', token, from, nonce],
    ),
  );
}
