import { hashTypedData, type Address, type LocalAccount } from 'viem';
import { toldEndpointsHash, type ToldEndpointsJson } from '../wire/endpoint-figures.ts';
import { omlDomain } from './domain.ts';
import type { VerifierRegistryOf } from './probe-request.ts';
import { recoverStrict } from './strict-signature.ts';

export const TOLD_ENDPOINTS_TYPES = { ToldEndpoints: [{ name: 'contents', type: 'bytes32' }] } as const;

type Unsigned = Omit<ToldEndpointsJson, 'signature'>;

const typedData = (told: Unsigned, { chainId, verifierRegistry }: VerifierRegistryOf) =>
  ({
    domain: omlDomain(chainId, verifierRegistry),
    types: TOLD_ENDPOINTS_TYPES,
    primaryType: 'ToldEndpoints',
    message: { contents: toldEndpointsHash(told) },
  }) as const;

/** Signs what a verifier found of endpoints. */
export async function signToldEndpoints(
  told: Unsigned,
  verifier: LocalAccount,
  registry: VerifierRegistryOf,
): Promise<ToldEndpointsJson> {
  return { ...told, signature: await verifier.signTypedData(typedData(told, registry)) };
}

/** Who signed it, whatever it says of that. Throws SIGNATURE_INVALID. */
export function toldEndpointsSigner(told: ToldEndpointsJson, registry: VerifierRegistryOf): Promise<Address> {
  const { signature, ...contents } = told;
  return recoverStrict(hashTypedData(typedData(contents, registry)), signature);
}
