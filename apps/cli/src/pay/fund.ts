import { devDollarAbi } from '@oml/contracts/abis';
import { isDev } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import { connectChain, type Chain } from '@oml/service/chain';
import { createTestClient, http, parseEther, type Address, type Hex } from 'viem';

/** Gives an account dollars of a development chain, where they are free. Throws REQUEST_INVALID on every other. */
export async function giveDevDollars(
  { deployment }: Pick<Chain, 'deployment'>,
  rpcUrl: string,
  { key, address, amount }: { key: Hex; address: Address; amount: bigint },
): Promise<bigint> {
  if (!isDev(deployment))
    throw new OmlError('REQUEST_INVALID', `Dollars are free on development chains alone: send some to ${address}.`);
  await createTestClient({ mode: 'anvil', transport: http(rpcUrl) }).setBalance({ address, value: parseEther('1') });
  const chain = connectChain({ rpcUrl, deployment, key });
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;
  await chain.send({ ...token, functionName: 'mint', args: [address, amount] });
  return chain.publicClient.readContract({ ...token, functionName: 'balanceOf', args: [address] });
}
