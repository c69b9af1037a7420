import { devDollarAbi } from '@oml/contracts/abis';
import type { TokenDomain } from '@oml/protocol/signed/authorization';
import type { Chain } from '@oml/service/chain';

/** The EIP-712 domain under which payers sign, as the token itself states it (EIP-5267). */
export async function tokenDomain({
  publicClient,
  deployment: { chainId, contracts },
}: Pick<Chain, 'publicClient' | 'deployment'>): Promise<TokenDomain> {
  const [, name, version] = await publicClient.readContract({
    address: contracts.token,
    abi: devDollarAbi,
    functionName: 'eip712Domain',
  });
  return { name, version, chainId, verifyingContract: contracts.token };
}
