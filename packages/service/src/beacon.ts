import { blockBeaconAbi, drandBeaconAbi } from '@oml/contracts/abis';
import { sendOnce } from '@oml/program/look-first';
import { isDev } from '@oml/protocol/chain/deployment';
import { isOmlError, OmlError } from '@oml/protocol/error';
import { beaconSignature, beaconValue } from '@oml/protocol/evidence/beacon';
import type { Hex } from 'viem';
import type { Chain } from './chain.ts';
import { fetchProof, PUBLIC_RELAYS } from './drand.ts';

export interface Beacon {
  /** How often it is worth asking for a round that is to come. */
  pollMs: number;
  /**
   * The value of a round: as it stands on chain, or else posted, once the contract takes the proof in a simulation.
   * Undefined while the round is to come, or its post on its way. Throws BEACON_MISSED for one that is void,
   * UNAVAILABLE, retryable, where every relay fails or lies, or what sending throws.
   */
  valueOf(round: bigint): Promise<{ value: Hex; tx: Hex | undefined } | undefined>;
  /**
   * The value of the round that a commitment in this block names, whether or not anybody posts it: for what a contract
   * has no say in. Undefined while it is to come. Throws UNAVAILABLE, retryable.
   */
  valueAfter(blockNumber: bigint): Promise<Hex | undefined>;
}

export interface BeaconOptions {
  chain: Pick<Chain, 'publicClient' | 'deployment' | 'send'>;
  /**
   * Base addresses that serve the same drand chain, tried in this order; unless said, those of drand, and none on the
   * dev chain, whose rounds are blocks.
   */
  relays?: readonly string[] | undefined;
  chainHash: Hex;
}

const POLL_MS = { blocks: 500, drand: 3_000 };

/** Who knows rounds, and which there are. */
interface Rounds {
  pollMs: number;
  sources: { name: string; proofOf(round: bigint): Promise<Hex | undefined> }[];
  /** The round that a commitment in this block names. */
  after(blockNumber: bigint): Promise<bigint>;
  isDue(round: bigint): Promise<boolean>;
  valueIn(round: bigint, proof: Hex): Promise<Hex>;
}

/** The beacon of a deployment. */
export function connectBeacon({ chain, relays, chainHash }: BeaconOptions): Beacon {
  const { publicClient, deployment } = chain;
  const named = relays ?? (isDev(deployment) ? [] : PUBLIC_RELAYS);
  const rounds = named.length === 0 ? blockRounds(chain) : drandRounds(chain, named, chainHash);
  const at = { address: deployment.contracts.beacon, abi: drandBeaconAbi } as const;
  const read = (functionName: 'isPosted' | 'isVoid', round: bigint) =>
    publicClient.readContract({ ...at, functionName, args: [round] });
  const posted = async (round: bigint): Promise<Hex | undefined> =>
    (await read('isPosted', round))
      ? publicClient.readContract({ ...at, functionName: 'valueOf', args: [round] })
      : undefined;
  const post = async (round: bigint, proof: Hex) => {
    let tx: Hex | undefined;
    const value = await sendOnce({
      alreadyDone: () => posted(round),
      send: async () =>
        void (tx = (await chain.send({ ...at, functionName: 'post', args: [round, proof] })).transactionHash),
    });
    return { value, tx };
  };

  return {
    pollMs: rounds.pollMs,
    async valueOf(round) {
      const value = await posted(round);
      if (value) return { value, tx: undefined };
      if (await read('isVoid', round))
        throw new OmlError('BEACON_MISSED', `Nobody posted round ${round} of the beacon in time.`);
      return firstOf(rounds, round, (proof) => post(round, proof));
    },
    async valueAfter(blockNumber) {
      const round = await rounds.after(blockNumber);
      return (await posted(round)) ?? firstOf(rounds, round, (proof) => rounds.valueIn(round, proof));
    },
  };
}

/** What `take` makes of the first proof that is not refused; undefined while there is none. */
async function firstOf<Taken>(
  { sources, isDue }: Rounds,
  round: bigint,
  take: (proof: Hex) => Promise<Taken>,
): Promise<Taken | undefined> {
  if (!(await isDue(round))) return undefined;
  const failures: string[] = [];
  let isToCome = false;
  for (const { name, proofOf } of sources) {
    try {
      const proof = await proofOf(round);
      if (proof) return await take(proof);
      isToCome = true;
    } catch (error) {
      const reason = revertOf(error);
      // The chain's clock is behind drand's, or somebody's post is in the pool and in no block yet.
      if (reason === 'Beacon_TooEarly' || reason === 'Beacon_AlreadyPosted') return undefined;
      if (reason === 'Beacon_InvalidProof') failures.push(`${name} answers with a wrong signature.`);
      else if (isOmlError(error) && error.code === 'UNAVAILABLE') failures.push(error.message);
      else throw error;
    }
  }
  if (isToCome) return undefined;
  throw new OmlError('UNAVAILABLE', `No relay of drand has round ${round}.`, {
    retryable: true,
    details: { failures },
  });
}

/** Blocks as rounds: whoever has the chain has their values. */
function blockRounds({ publicClient, deployment }: BeaconOptions['chain']): Rounds {
  const at = { address: deployment.contracts.beacon, abi: blockBeaconAbi } as const;
  return {
    pollMs: POLL_MS.blocks,
    sources: [{ name: 'The chain', proofOf: async () => '0x' }],
    after: async (blockNumber) => blockNumber + (await publicClient.readContract({ ...at, functionName: 'delay' })),
    isDue: async (round) => (await publicClient.getBlockNumber()) > round,
    valueIn: async (blockNumber) => (await publicClient.getBlock({ blockNumber })).hash,
  };
}

function drandRounds(
  { publicClient, deployment }: BeaconOptions['chain'],
  relays: readonly string[],
  chainHash: Hex,
): Rounds {
  const at = { address: deployment.contracts.beacon, abi: drandBeaconAbi } as const;
  const read = (functionName: 'delay' | 'backdating' | 'genesis' | 'period') =>
    publicClient.readContract({ ...at, functionName });
  return {
    pollMs: POLL_MS.drand,
    sources: relays.map((relay) => ({
      name: `The relay ${relay}`,
      proofOf: (round) => fetchProof(relay, chainHash, round),
    })),
    async after(blockNumber) {
      const [{ timestamp }, delay, backdating, genesis, period] = await Promise.all([
        publicClient.getBlock({ blockNumber }),
        read('delay'),
        read('backdating'),
        read('genesis'),
        read('period'),
      ]);
      const since = timestamp + delay + backdating - genesis;
      return (since < 0n ? 0n : (since + period - 1n) / period) + 1n;
    },
    // Relays are not asked all the while for what is half an hour away.
    async isDue(round) {
      const startsAt = await publicClient.readContract({ ...at, functionName: 'startsAt', args: [round] });
      return BigInt(Math.floor(Date.now() / 1000)) >= startsAt;
    },
    valueIn: async (_, proof) => beaconValue(beaconSignature(proof)),
  };
}

function revertOf(error: unknown): unknown {
  return isOmlError(error) && error.code === 'CHAIN_REVERTED' ? error.details['errorName'] : undefined;
}
