import { devDollarAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { maxUint256, type Address } from 'viem';
import type { Chain } from './chain.ts';

/**
 * Lets one of the protocol's own contracts draw deposits, bonds and fees. They cannot be upgraded and draw only what
 * each call says. Throws UNAVAILABLE, retryable, without the money.
 */
export async function ensureAllowance(chain: Chain, owner: Address, spender: Address, amount: bigint): Promise<void> {
  const token = { address: chain.deployment.contracts.token, abi: devDollarAbi } as const;
  const [allowance, balance] = await Promise.all([
    // What another process of this account approved and is in no block yet is as good.
    chain.publicClient.readContract({
      ...token,
      functionName: 'allowance',
      args: [owner, spender],
      blockTag: 'pending',
    }),
    chain.publicClient.readContract({ ...token, functionName: 'balanceOf', args: [owner] }),
  ]);
  if (balance < amount) {
    throw new OmlError('UNAVAILABLE', `${owner} needs ${amount} of the token and has ${balance}.`, {
      retryable: true,
      details: { needed: String(amount), balance: String(balance) },
    });
  }
  if (allowance < amount) await chain.send({ ...token, functionName: 'approve', args: [spender, maxUint256] });
}
