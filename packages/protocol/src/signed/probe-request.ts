import { hashTypedData, type Address, type Hex, type LocalAccount } from 'viem';
import { omlDomain } from './domain.ts';
import { recoverStrict } from './strict-signature.ts';

export const PROBE_REQUEST_TYPES = { ProbeRequest: [{ name: 'batchId', type: 'bytes32' }] } as const;

export interface VerifierRegistryOf {
  chainId: number;
  verifierRegistry: Address;
}

const typedData = (batchId: Hex, { chainId, verifierRegistry }: VerifierRegistryOf) =>
  ({
    domain: omlDomain(chainId, verifierRegistry),
    types: PROBE_REQUEST_TYPES,
    primaryType: 'ProbeRequest',
    message: { batchId },
  }) as const;

/** A verifier's signature by which it asks for the probes of its batch. */
export function signProbeRequest(batchId: Hex, verifier: LocalAccount, registry: VerifierRegistryOf): Promise<Hex> {
  return verifier.signTypedData(typedData(batchId, registry));
}

/** The address that asks for the probes of a batch. Throws SIGNATURE_INVALID. */
export function probeRequestSigner(batchId: Hex, signature: Hex, registry: VerifierRegistryOf): Promise<Address> {
  return recoverStrict(hashTypedData(typedData(batchId, registry)), signature);
}
