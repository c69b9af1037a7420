import { drandBeaconAbi } from '@oml/contracts/abis';
import { sendOnce } from '@oml/program/look-first';
import { isOmlError, OmlError } from '@oml/protocol/error';
import type { Address, Hex } from 'viem';
import type { Chain } from './chain.ts';
import { fetchProof } from './drand.ts';

export interface Beacon {
  /**
   * The value of a round: as it stands on chain, or else posted from the first relay whose signature the contract takes
   * in a simulation. Undefined while the round is to come, or its post on its way. Throws BEACON_MISSED for one that is
   * void, UNAVAILABLE, retryable, where every relay fails or lies, or what sending throws.
   */
  valueOf(round: bigint): Promise<Hex | undefined>;
}

export interface BeaconOptions {
  chain: Pick<Chain, 'publicClient' | 'send'>;
  address: Address;
  /** Base addresses that serve the same drand chain, tried in this order. */
  relays: readonly string[];
  chainHash: Hex;
}

/** The beacon of a chain that takes its rounds from drand. */
export function connectBeacon({ chain, address, relays, chainHash }: BeaconOptions): Beacon {
  const at = { address, abi: drandBeaconAbi } as const;
  const read = (functionName: 'isPosted' | 'isVoid', round: bigint) =>
    chain.publicClient.readContract({ ...at, functionName, args: [round] });
  const posted = async (round: bigint): Promise<Hex | undefined> =>
    (await read('isPosted', round))
      ? chain.publicClient.readContract({ ...at, functionName: 'valueOf', args: [round] })
      : undefined;
  const post = (round: bigint, proof: Hex): Promise<Hex> =>
    sendOnce({
      alreadyDone: () => posted(round),
      send: () => chain.send({ ...at, functionName: 'post', args: [round, proof] }),
    });

  return {
    async valueOf(round) {
      const value = await posted(round);
      if (value) return value;
      if (await read('isVoid', round))
        throw new OmlError('BEACON_MISSED', `Nobody posted round ${round} of the beacon in time.`);
      const failures: string[] = [];
      let isToCome = false;
      for (const relay of relays) {
        try {
          const proof = await fetchProof(relay, chainHash, round);
          if (proof) return await post(round, proof);
          isToCome = true;
        } catch (error) {
          const reason = revertOf(error);
          // The chain's clock is behind drand's, or somebody's post is in the pool and in no block yet.
          if (reason === 'Beacon_TooEarly' || reason === 'Beacon_AlreadyPosted') return undefined;
          if (reason === 'Beacon_InvalidProof') failures.push(`The relay ${relay} answers with a wrong signature.`);
          else if (isOmlError(error) && error.code === 'UNAVAILABLE') failures.push(error.message);
          else throw error;
        }
      }
      if (isToCome) return undefined;
      throw new OmlError('UNAVAILABLE', `No relay of drand has round ${round}.`, {
        retryable: true,
        details: { failures },
      });
    },
  };
}

function revertOf(error: unknown): unknown {
  return isOmlError(error) && error.code === 'CHAIN_REVERTED' ? error.details['errorName'] : undefined;
}
