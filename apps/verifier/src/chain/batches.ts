import { parametersAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import { ensureAllowance } from '@oml/service/allowance';
import type { Chain } from '@oml/service/chain';
import { zeroAddress, zeroHash, type Hex } from 'viem';
import { revertName, sendUnless } from './send-unless.ts';

/**
 * A verifier's batches on chain. Every write looks first, so that doing it again after a crash changes and costs
 * nothing.
 */
export type Batches = ReturnType<typeof batchesOf>;

export function batchesOf(chain: Chain, me: Hex) {
  const { publicClient, deployment } = chain;
  const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;

  const read = (batchId: Hex) => publicClient.readContract({ ...registry, functionName: 'batch', args: [batchId] });
  const isKnown = async (batchId: Hex) => (await read(batchId)).verifier !== zeroAddress;
  const isSettled = async (batchId: Hex) => (await read(batchId)).deposit === 0n;
  const deposit = async () => {
    const parameters = { address: deployment.contracts.parameters, abi: parametersAbi } as const;
    return (await publicClient.readContract({ ...parameters, functionName: 'values' })).rates.batchDeposit;
  };
  const isDrawn = async (batchId: Hex) => (await read(batchId)).beacon !== zeroHash;

  return {
    read,

    /** Commits a batch and pays its deposit. Throws NOT_STAKED (retryable: staking may be under way). */
    async commit(batchId: Hex): Promise<Hex | undefined> {
      if (await isKnown(batchId)) return undefined;
      await ensureAllowance(chain, me, registry.address, await deposit());
      const call = { ...registry, functionName: 'commitBatch', args: [batchId] };
      return sendUnless(chain, () => isKnown(batchId), call).catch((error: unknown) => {
        if (revertName(error) !== 'VerifierRegistry_NotStaked') throw error;
        throw new OmlError('NOT_STAKED', 'The verifier is not staked yet.', { retryable: true, cause: error });
      });
    },

    /** The drawn beacon; undefined while its block is to come. Throws BEACON_MISSED. */
    async draw(batchId: Hex): Promise<{ beacon: Hex; tx: Hex | undefined } | undefined> {
      const { beacon, beaconBlock } = await read(batchId);
      if (beacon !== zeroHash) return { beacon, tx: undefined };
      if ((await publicClient.getBlockNumber()) < beaconBlock) return undefined;
      try {
        const call = { ...registry, functionName: 'drawBatch', args: [batchId] };
        const tx = await sendUnless(chain, () => isDrawn(batchId), call);
        return { beacon: (await read(batchId)).beacon, tx };
      } catch (error) {
        if (revertName(error) === 'VerifierRegistry_BeaconNotReady') return undefined;
        if (revertName(error) === 'VerifierRegistry_BeaconMissed')
          throw new OmlError('BEACON_MISSED', 'The beacon of the batch was not drawn in time.', { cause: error });
        throw error;
      }
    },

    /** Opens a drawn batch, which brings its deposit back; says so where it is too late. */
    async open(opening: BatchOpening, batchId: Hex): Promise<{ tx?: Hex | undefined; note: string }> {
      if (await isSettled(batchId)) return { note: 'the batch is settled' };
      try {
        const call = { ...registry, functionName: 'openBatch', args: [opening] };
        const tx = await sendUnless(chain, () => isSettled(batchId), call);
        return { tx, note: 'the batch is opened and its deposit is back' };
      } catch (error) {
        if (revertName(error) === 'VerifierRegistry_OpenWindowOver')
          return { note: 'the window to open the batch is over: the deposit is lost' };
        throw error;
      }
    },
  };
}
