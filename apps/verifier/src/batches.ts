import { parametersAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import type { Chain } from '@oml/service/chain';
import { zeroAddress, zeroHash, type Hex } from 'viem';
import { ensureAllowance } from './allowance.ts';
import { revertName } from './reverted.ts';

/**
 * A verifier's batches on chain. Every write looks first, so that doing it again after a crash changes and costs
 * nothing.
 */
export class Batches {
  private readonly chain: Chain;

  constructor(chain: Chain) {
    this.chain = chain;
  }

  read(batchId: Hex) {
    const { publicClient, deployment } = this.chain;
    return publicClient.readContract({
      address: deployment.contracts.verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: 'batch',
      args: [batchId],
    });
  }

  /** Commits a batch and pays its deposit. Throws NOT_STAKED (retryable: staking may be under way). */
  async commit(batchId: Hex): Promise<Hex | undefined> {
    if ((await this.read(batchId)).verifier !== zeroAddress) return undefined;
    const { batchDeposit } = (await this.values()).rates;
    await ensureAllowance(this.chain, this.chain.deployment.contracts.verifierRegistry, batchDeposit);
    return this.send('commitBatch', [batchId], 'VerifierRegistry_BatchExists');
  }

  /** The drawn beacon; undefined while its block is to come. Throws BEACON_MISSED. */
  async draw(batchId: Hex): Promise<{ beacon: Hex; tx: Hex | undefined } | undefined> {
    const before = await this.read(batchId);
    if (before.beacon !== zeroHash) return { beacon: before.beacon, tx: undefined };
    if ((await this.chain.publicClient.getBlockNumber()) < before.beaconBlock) return undefined;
    try {
      const tx = await this.send('drawBatch', [batchId]);
      return { beacon: (await this.read(batchId)).beacon, tx };
    } catch (error) {
      if (revertName(error) === 'VerifierRegistry_BeaconNotReady') return undefined;
      if (revertName(error) === 'VerifierRegistry_BeaconMissed')
        throw new OmlError('BEACON_MISSED', 'The beacon of the batch was not drawn in time.', { cause: error });
      throw error;
    }
  }

  /** Opens a drawn batch, which brings its deposit back; says so where it is too late. */
  async open(opening: BatchOpening, batchId: Hex): Promise<{ tx?: Hex | undefined; note: string }> {
    if ((await this.read(batchId)).deposit === 0n) return { note: 'the batch is settled' };
    try {
      return {
        tx: await this.send('openBatch', [opening], 'VerifierRegistry_BatchSettled'),
        note: 'the batch is opened and its deposit is back',
      };
    } catch (error) {
      if (revertName(error) === 'VerifierRegistry_OpenWindowOver')
        return { note: 'the window to open the batch is over: the deposit is lost' };
      throw error;
    }
  }

  private values() {
    const { publicClient, deployment } = this.chain;
    return publicClient.readContract({
      address: deployment.contracts.parameters,
      abi: parametersAbi,
      functionName: 'values',
    });
  }

  /** The hash; undefined where the chain says that it was done before. */
  private async send(functionName: string, args: readonly unknown[], alreadyDone?: string): Promise<Hex | undefined> {
    try {
      const address = this.chain.deployment.contracts.verifierRegistry;
      return (await this.chain.send({ address, abi: verifierRegistryAbi, functionName, args })).transactionHash;
    } catch (error) {
      const name = revertName(error);
      if (name !== undefined && name === alreadyDone) return undefined;
      if (name === 'VerifierRegistry_NotStaked')
        throw new OmlError('NOT_STAKED', 'The verifier is not staked yet.', { retryable: true, cause: error });
      throw error;
    }
  }
}
