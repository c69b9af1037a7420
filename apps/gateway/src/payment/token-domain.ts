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

/** How people write amounts of the token. */
export async function tokenUnit({
  publicClient,
  deployment: { contracts },
}: Pick<Chain, 'publicClient' | 'deployment'>): Promise<{ symbol: string; decimals: number }> {
  const token = { address: contracts.token, abi: devDollarAbi } as const;
  const [symbol, decimals] = await Promise.all([
    publicClient.readContract({ ...token, functionName: 'symbol' }),
    publicClient.readContract({ ...token, functionName: 'decimals' }),
  ]);
  return { symbol, decimals };
}
