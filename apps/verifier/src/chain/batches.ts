import { parametersAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { isOmlError, OmlError } from '@oml/protocol/error';
import { openingHash, type BatchOpening } from '@oml/protocol/evidence/batch';
import { ensureAllowance } from '@oml/service/allowance';
import type { Beacon } from '@oml/service/beacon';
import type { Chain } from '@oml/service/chain';
import { zeroAddress, type Hex } from 'viem';
import { revertName, sendUnless } from './send-unless.ts';

/**
 * A verifier's batches on chain. Every write looks first, so that doing it again after a crash changes and costs
 * nothing.
 */
export type Batches = ReturnType<typeof batchesOf>;

export function batchesOf(chain: Chain, me: Hex, beacon: Beacon) {
  const { publicClient, deployment } = chain;
  const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;

  const read = (batchId: Hex) => publicClient.readContract({ ...registry, functionName: 'batch', args: [batchId] });
  const isKnown = async (batchId: Hex) => (await read(batchId)).verifier !== zeroAddress;
  const isSettled = async (batchId: Hex) => (await read(batchId)).deposit === 0n;
  const deposit = async () => {
    const parameters = { address: deployment.contracts.parameters, abi: parametersAbi } as const;
    return (await publicClient.readContract({ ...parameters, functionName: 'values' })).rates.batchDeposit;
  };

  return {
    read,
    pollMs: beacon.pollMs,

    /** The number that the next batch of anybody gets. */
    nextNumber: async (): Promise<bigint> =>
      (await publicClient.readContract({ ...registry, functionName: 'batchCount' })) + 1n,

    /** Commits a batch and pays its deposit. Throws NOT_STAKED (retryable: staking may be under way). */
    async commit(opening: BatchOpening, batchId: Hex): Promise<Hex | undefined> {
      if (await isKnown(batchId)) return undefined;
      await ensureAllowance(chain, me, registry.address, await deposit());
      const call = { ...registry, functionName: 'commitBatch', args: [openingHash(opening)] };
      return sendUnless(chain, () => isKnown(batchId), call).catch((error: unknown) => {
        if (revertName(error) !== 'VerifierRegistry_NotStaked') throw error;
        throw new OmlError('NOT_STAKED', 'The verifier is not staked yet.', { retryable: true, cause: error });
      });
    },

    /**
     * The value that draws its keys, posted if nobody did; undefined while its round is to come. Throws BEACON_MISSED
     * for a void round, once the deposit is back.
     */
    async draw(batchId: Hex) {
      try {
        return await beacon.valueOf((await read(batchId)).round);
      } catch (error) {
        if (isOmlError(error) && error.code === 'BEACON_MISSED')
          await sendUnless(chain, () => isSettled(batchId), {
            ...registry,
            functionName: 'closeBatch',
            args: [batchId],
          });
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
