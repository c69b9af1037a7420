import { parametersAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { SealingKeyPair } from '@oml/service/seal';
import { ensureAllowance } from './allowance.ts';

/** The verifier's stake, and the key under which publishers seal probes to it. */
export class Staking {
  private readonly chain: Chain;
  private readonly sealing: SealingKeyPair;
  private readonly logger: Logger;

  constructor(chain: Chain, sealing: SealingKeyPair, logger: Logger) {
    this.chain = chain;
    this.sealing = sealing;
    this.logger = logger;
  }

  /**
   * Stakes the minimum unless enough is staked, and puts our key on chain unless it stands there. Throws UNAVAILABLE
   * (retryable) without money.
   */
  async ensure(): Promise<void> {
    const { publicClient, deployment } = this.chain;
    const me = this.chain.account!.address;
    const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
    const [
      isStaked,
      stake,
      key,
      {
        rates: { minStake },
      },
    ] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'isStaked', args: [me] }),
      publicClient.readContract({ ...registry, functionName: 'stakeOf', args: [me] }),
      publicClient.readContract({ ...registry, functionName: 'encryptionKeyOf', args: [me] }),
      publicClient.readContract({
        address: deployment.contracts.parameters,
        abi: parametersAbi,
        functionName: 'values',
      }),
    ]);
    if (isStaked && key === this.sealing.publicKey) return;
    const amount = stake >= minStake ? 0n : minStake - stake;
    await ensureAllowance(this.chain, registry.address, amount);
    await this.chain.send({ ...registry, functionName: 'stake', args: [amount, this.sealing.publicKey] });
    this.logger.info({ verifier: me, amount: String(amount) }, 'staked');
  }

  /** What GET /status shows. Amounts in the token's smallest unit. */
  async status() {
    const { publicClient, deployment } = this.chain;
    const address = this.chain.account!.address;
    const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
    const [staked, stake, batches] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'isStaked', args: [address] }),
      publicClient.readContract({ ...registry, functionName: 'stakeOf', args: [address] }),
      publicClient.readContract({ ...registry, functionName: 'batchCount', args: [address] }),
    ]);
    return { address, staked, stake: String(stake), batches };
  }
}
