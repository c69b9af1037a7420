import { licenseRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';

/** Refuses to serve with a signer whose receipts would bind nobody, or somebody else. Throws SIGNATURE_INVALID. */
export async function checkSigner(
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  signer: Address,
  account: Address,
): Promise<void> {
  const bound = {
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'signerOf',
    args: [signer],
  } as const;
  const [owner, revokedAt] = await publicClient.readContract(bound);
  if (owner !== account)
    throw new OmlError(
      'SIGNATURE_INVALID',
      `The signer ${signer} is not bound to ${account}: bind it first (src/onboard.ts does).`,
    );
  if (revokedAt > 0) throw new OmlError('SIGNATURE_INVALID', `The signer ${signer} is revoked.`);
}
