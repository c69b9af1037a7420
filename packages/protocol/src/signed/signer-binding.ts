import type { Address, Hex, LocalAccount } from 'viem';
import { omlDomain } from './domain.ts';

export const SIGNER_BINDING_TYPES = { SignerBinding: [{ name: 'account', type: 'address' }] } as const;

/** A signer's own consent to belong to one host account, forever (protocol §5, "Accounts and signers"). */
export function signBinding(
  signer: LocalAccount,
  account: Address,
  domain: { chainId: number; licenseRegistry: Address },
): Promise<Hex> {
  return signer.signTypedData({
    domain: omlDomain(domain.chainId, domain.licenseRegistry),
    types: SIGNER_BINDING_TYPES,
    primaryType: 'SignerBinding',
    message: { account },
  });
}
