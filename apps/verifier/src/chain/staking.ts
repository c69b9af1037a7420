import { parametersAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { ensureAllowance } from '@oml/service/allowance';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { SealingKeyPair } from '@oml/service/seal';
import type { Address } from 'viem';

/** The verifier's stake, and the key under which publishers seal probes to it. */
export type Staking = ReturnType<typeof stakingOf>;

export function stakingOf(
  chain: Chain,
  me: Address,
  { publicKey }: SealingKeyPair,
  { tickets, logger }: { tickets: number; logger: Logger },
) {
  const { publicClient, deployment } = chain;
  const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
  const parameters = { address: deployment.contracts.parameters, abi: parametersAbi } as const;
  const isStaked = () => publicClient.readContract({ ...registry, functionName: 'isStaked', args: [me] });
  const stakeOf = () => publicClient.readContract({ ...registry, functionName: 'stakeOf', args: [me] });
  return {
    /**
     * Stakes the minimum, for every ticket that is wanted, unless enough is staked, and puts our key on chain unless it
     * stands there. Throws UNAVAILABLE (retryable) without money.
     */
    async ensure(): Promise<void> {
      const [staked, stake, key, { rates }] = await Promise.all([
        isStaked(),
        stakeOf(),
        publicClient.readContract({ ...registry, functionName: 'encryptionKeyOf', args: [me] }),
        publicClient.readContract({ ...parameters, functionName: 'values' }),
      ]);
      const wanted = rates.minStake * BigInt(Math.max(1, tickets));
      if (staked && stake >= wanted && key === publicKey) return;
      const amount = stake >= wanted ? 0n : wanted - stake;
      await ensureAllowance(chain, me, registry.address, amount);
      await chain.send({ ...registry, functionName: 'stake', args: [amount, publicKey] });
      logger.info({ verifier: me, amount: String(amount) }, 'staked');
    },

    /** What GET /status shows. Amounts in the token's smallest unit. */
    async status() {
      const [staked, stake] = await Promise.all([isStaked(), stakeOf()]);
      return { address: me, staked, stake: String(stake) };
    },
  };
}
