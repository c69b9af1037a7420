import type { Address } from 'viem';

/** The EIP-712 domain of OML on one chain; receipts name the adjudicator, signer bindings the license registry. */
export function omlDomain(chainId: number, verifyingContract: Address) {
  return { name: 'OML', version: '1', chainId, verifyingContract } as const;
}
