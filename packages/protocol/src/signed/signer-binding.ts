import { hashTypedData, type Address, type Hex, type LocalAccount } from 'viem';
import { omlDomain } from './domain.ts';
import { recoverStrict } from './strict-signature.ts';

export const SIGNER_BINDING_TYPES = { SignerBinding: [{ name: 'account', type: 'address' }] } as const;

export interface LicenseRegistryOf {
  chainId: number;
  licenseRegistry: Address;
}

const typedData = (account: Address, { chainId, licenseRegistry }: LicenseRegistryOf) =>
  ({
    domain: omlDomain(chainId, licenseRegistry),
    types: SIGNER_BINDING_TYPES,
    primaryType: 'SignerBinding',
    message: { account },
  }) as const;

/** A signer's own consent to belong to one host account, forever (protocol §5, "Accounts and signers"). */
export function signBinding(signer: LocalAccount, account: Address, registry: LicenseRegistryOf): Promise<Hex> {
  return signer.signTypedData(typedData(account, registry));
}

/** The signer that consents. Throws SIGNATURE_INVALID. */
export function bindingSigner(account: Address, signature: Hex, registry: LicenseRegistryOf): Promise<Address> {
  return recoverStrict(hashTypedData(typedData(account, registry)), signature);
}
