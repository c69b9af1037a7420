import { devDollarAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import { maxUint256, type Address } from 'viem';

/**
 * Lets one of the protocol's own contracts draw deposits and bonds. They cannot be upgraded and draw only what each
 * call says.
 */
export async function ensureAllowance(chain: Chain, spender: Address, amount: bigint): Promise<void> {
  const address = chain.deployment.contracts.token;
  const owner = chain.account!.address;
  const [allowance, balance] = await Promise.all([
    chain.publicClient.readContract({ address, abi: devDollarAbi, functionName: 'allowance', args: [owner, spender] }),
    chain.publicClient.readContract({ address, abi: devDollarAbi, functionName: 'balanceOf', args: [owner] }),
  ]);
  if (balance < amount) {
    throw new OmlError('UNAVAILABLE', `The verifier ${owner} needs ${amount} of the token and has ${balance}.`, {
      retryable: true,
      details: { needed: String(amount), balance: String(balance) },
    });
  }
  if (allowance < amount)
    await chain.send({ address, abi: devDollarAbi, functionName: 'approve', args: [spender, maxUint256] });
}
