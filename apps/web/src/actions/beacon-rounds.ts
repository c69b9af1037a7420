import { blockBeaconAbi, drandBeaconAbi } from '@oml/contracts/abis';
import { isDev, type Deployment } from '@oml/protocol/chain/deployment';
import { beaconProof, beaconSignature, beaconValue, QUICKNET } from '@oml/protocol/evidence/beacon';
import { drandRound, drandRoundUrl } from '@oml/protocol/wire/drand-round';
import type { PublicClient } from 'viem';
import type { Hex } from '#kit/hex.ts';
import { callOf, only, type Action } from './action.ts';

type Reader = Pick<PublicClient, 'readContract' | 'getBlock' | 'getBlockNumber'>;

/** Who serves quicknet to everybody. */
const RELAYS = ['https://api.drand.sh', 'https://api2.drand.sh', 'https://api3.drand.sh'];
const TIMEOUT_MS = 10_000;

/** Where a round of the beacon stands. */
export interface RoundFacts {
  round: bigint;
  /** Once somebody posted it. */
  value?: Hex;
  /** Nobody posted it in time: what waits for it is void. */
  isVoid: boolean;
  /** What posting it takes; undefined while it is to come. */
  proof?: Hex;
}

/** Asks the contract, and for a round that nobody posted yet whoever makes rounds. */
export async function readRound(reader: Reader, deployment: Deployment, round: bigint): Promise<RoundFacts> {
  const at = { address: deployment.contracts.beacon, abi: drandBeaconAbi, args: [round] } as const;
  const [isPosted, isVoid] = await Promise.all([
    reader.readContract({ ...at, functionName: 'isPosted' }),
    reader.readContract({ ...at, functionName: 'isVoid' }),
  ]);
  if (isPosted) return { round, isVoid: false, value: await reader.readContract({ ...at, functionName: 'valueOf' }) };
  const proof = isVoid ? undefined : await proofOf(reader, deployment, round);
  return { round, isVoid, ...(proof ? { proof } : {}) };
}

/** Anyone shows the value of a round that is due. */
export function roundActions({ contracts }: Deployment, { round, proof, value }: RoundFacts): Action[] {
  if (!proof || value) return [];
  const beacon = { address: contracts.beacon, abi: drandBeaconAbi } as const;
  return [
    {
      id: `round-post-${round}`,
      rows: [7],
      title: 'Post the round',
      effect: `Puts the value of round ${round} of the beacon on chain; nobody could know it before.`,
      who: 'anyone',
      next: 'It picks one answer for every key.',
      steps: only(callOf({ ...beacon, functionName: 'post', args: [round, proof] })),
    },
  ];
}

/**
 * The value of the round that a commitment in this block names, posted or not: for what a contract has no say in.
 * Undefined while it is to come.
 */
export async function valueAfter(reader: Reader, deployment: Deployment, block: bigint): Promise<Hex | undefined> {
  const at = { address: deployment.contracts.beacon, abi: drandBeaconAbi } as const;
  const read = (functionName: 'delay' | 'backdating' | 'genesis' | 'period') =>
    reader.readContract({ ...at, functionName });
  if (isDev(deployment)) {
    const round = block + (await reader.readContract({ ...at, abi: blockBeaconAbi, functionName: 'delay' }));
    const isThere = (await reader.getBlockNumber({ cacheTime: 0 })) > round;
    return isThere ? (await reader.getBlock({ blockNumber: round })).hash! : undefined;
  }
  const [{ timestamp }, ...times] = await Promise.all([
    reader.getBlock({ blockNumber: block }),
    read('delay'),
    read('backdating'),
    read('genesis'),
    read('period'),
  ]);
  const [delay, backdating, genesis, period] = times as [bigint, bigint, bigint, bigint];
  const since = timestamp + delay + backdating - genesis;
  const proof = await proofOf(reader, deployment, (since < 0n ? 0n : (since + period - 1n) / period) + 1n);
  return proof && beaconValue(beaconSignature(proof));
}

/** Blocks are the rounds of the dev chain; everywhere else drand's relays have them. */
async function proofOf(reader: Reader, deployment: Deployment, round: bigint): Promise<Hex | undefined> {
  if (isDev(deployment)) return (await reader.getBlockNumber({ cacheTime: 0 })) > round ? '0x' : undefined;
  const at = { address: deployment.contracts.beacon, abi: drandBeaconAbi } as const;
  const startsAt = await reader.readContract({ ...at, functionName: 'startsAt', args: [round] });
  if (BigInt(Math.floor(Date.now() / 1000)) < startsAt) return undefined;
  return relayedProof({ relays: RELAYS, chainHash: QUICKNET.hash }, round);
}

interface Drand {
  relays: readonly string[];
  chainHash: Hex;
}

/**
 * A round as the contract takes it, of the first relay that has it; undefined where none has. What comes is read, not
 * verified: that is the contract's business.
 */
export async function relayedProof({ relays, chainHash }: Drand, round: bigint): Promise<Hex | undefined> {
  for (const relay of relays) {
    const found = await askRelay(drandRoundUrl(relay, chainHash, round), round).catch(() => undefined);
    if (found) return found;
  }
  return undefined;
}

async function askRelay(url: string, round: bigint): Promise<Hex | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  const answer = drandRound.safeParse(await response.json());
  return answer.success && BigInt(answer.data.round) === round ? beaconProof(answer.data.signature) : undefined;
}
