import {
  blamesAbi,
  claimCourtAbi,
  committeesAbi,
  leakCourtAbi,
  parametersAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { QUICKNET } from '@oml/protocol/evidence/beacon';
import { OmlError } from '@oml/protocol/error';
import { connectBeacon } from '@oml/service/beacon';
import { zeroHash, type Address, type Hex } from 'viem';
import { word as wordOf } from '../../options.ts';
import { one, type Act, type Step, type View } from '../act.ts';
import { amount, number, somebody, word } from '../args.ts';
import { fromFile } from '../from-file.ts';

const VERIFIER = 'a staked verifier';
const JUROR = 'a juror of the committee';
const ANYONE = 'anyone';
const BATCH = word('batch', 'its id');
const COMMITTEE = number('committee', 'its number');

/** Staking, batches, committee duty, and what a verifier earned. */
export const VERIFIER_ACTS: readonly Act[] = [
  {
    verb: 'stake',
    does: 'add to your stake, which makes you a verifier',
    who: ANYONE,
    takes: [amount('amount', 'to add')],
    calls: ['verifierRegistry.stake'],
    next: 'oml verifier enrol COUNT, to be drawn for committees',
    flags: (command) => command.option('--encryption-key <hex>', 'what probes are sealed to (default: as before)'),
    async steps([added], view, { encryptionKey }) {
      const key = encryptionKey ? wordOf(encryptionKey as string, '--encryption-key') : await keyOf(view);
      return [{ contract: 'verifierRegistry', calls: 'stake', args: [added, key], draws: added as bigint }];
    },
  },
  one('enrol', 'verifierRegistry.enrol', [number('count', 'of tickets, one for every least stake')], {
    does: 'add tickets, with which committees are drawn',
    who: VERIFIER,
  }),
  one('leave', 'verifierRegistry.requestUnstake', [], {
    does: 'stop being a verifier: the stake can be taken after the delay',
    who: VERIFIER,
    next: 'oml verifier unstake',
  }),
  one('unstake', 'verifierRegistry.unstake', [], {
    does: 'take the stake out, once its delay is over',
    who: 'a verifier that has left',
  }),
  {
    verb: 'rewards',
    does: 'pay out what courts and committees owe: fees of jurors, bonds that came back, parts of slashes',
    who: ANYONE,
    takes: [somebody('payee', 'whom')],
    calls: ['claimCourt.pay', 'committees.withdraw', 'blames.withdraw', 'leakCourt.withdraw'],
    idle: 'Nothing is owed. What a claim brought lies in the token balance; its bond: oml claim withdraw.',
    steps: ([payee], view) => rewardSteps(view, payee as Address),
  },
  one('commit', 'verifierRegistry.commitBatch', [word('opening', 'hash of the batch’s opening')], {
    does: 'commit a batch of probes against a deposit; the verifier’s agent does it by itself',
    who: VERIFIER,
    draws: (_, { chain }) => batchDeposit({ chain }),
  }),
  fromFile('open', 'verifierRegistry.openBatch', [], {
    does: 'open a batch whose round is posted: its deposit comes back',
    who: 'the verifier that committed it',
  }),
  one('close', 'verifierRegistry.closeBatch', [BATCH], {
    does: 'end a batch that nobody opened in time, or whose round is void',
    who: ANYONE,
  }),
  {
    verb: 'beacon',
    does: 'post a round of the beacon',
    who: ANYONE,
    takes: [number('round', 'its number')],
    calls: ['beacon.post'],
    idle: 'That round is posted already.',
    steps: ([round], view) => beaconSteps(view, round as bigint),
  },
  one('draw', 'committees.draw', [COMMITTEE, number('looks', 'tickets that one transaction looks at')], {
    does: 'draw a committee, once its round is posted',
    who: ANYONE,
  }),
  one('vote commit', 'committees.commitVote', [COMMITTEE, word('commitment', 'of the vote')], {
    does: 'commit a vote; the verifier’s agent does it by itself',
    who: JUROR,
  }),
  fromFile('vote reveal', 'committees.revealVote', [COMMITTEE], {
    does: 'show a committed vote',
    who: JUROR,
  }),
  one('count', 'committees.count', [COMMITTEE], {
    does: 'end a committee whose votes are over: pays who voted, takes from who did not',
    who: ANYONE,
  }),
];

const keyOf = async ({ chain, me }: View): Promise<Hex> => {
  const key = await chain.publicClient.readContract({
    address: chain.deployment.contracts.verifierRegistry,
    abi: verifierRegistryAbi,
    functionName: 'encryptionKeyOf',
    args: [me],
  });
  return key ?? zeroHash;
};

async function batchDeposit({ chain }: Pick<View, 'chain'>): Promise<bigint> {
  const parameters = { address: chain.deployment.contracts.parameters, abi: parametersAbi } as const;
  return (await chain.publicClient.readContract({ ...parameters, functionName: 'rates' })).batchDeposit;
}

async function rewardSteps({ chain }: View, payee: Address): Promise<Step[]> {
  const { claimCourt, committees, blames, leakCourt } = chain.deployment.contracts;
  const owed = { functionName: 'owed', args: [payee] } as const;
  const read = chain.publicClient;
  const [byCourt, byCommittees, byBlames, byLeakCourt] = await Promise.all([
    read.readContract({ address: claimCourt, abi: claimCourtAbi, ...owed }),
    read.readContract({ address: committees, abi: committeesAbi, ...owed }),
    read.readContract({ address: blames, abi: blamesAbi, ...owed }),
    read.readContract({ address: leakCourt, abi: leakCourtAbi, ...owed }),
  ]);
  return [
    ...(byCourt > 0n ? [{ contract: 'claimCourt', calls: 'pay', args: [payee] } as const] : []),
    ...(byCommittees > 0n ? [{ contract: 'committees', calls: 'withdraw', args: [payee] } as const] : []),
    ...(byBlames > 0n ? [{ contract: 'blames', calls: 'withdraw', args: [payee] } as const] : []),
    ...(byLeakCourt > 0n ? [{ contract: 'leakCourt', calls: 'withdraw', args: [payee] } as const] : []),
  ];
}

/** The post of a round, as the beacon's own client would send it. Throws UNAVAILABLE, BEACON_MISSED. */
async function beaconSteps({ chain }: View, round: bigint): Promise<Step[]> {
  const steps: Step[] = [];
  const send = async ({ functionName, args = [] }: { functionName: string; args?: readonly unknown[] | undefined }) => {
    steps.push({ contract: 'beacon', calls: functionName, args });
    throw new Kept();
  };
  const beacon = connectBeacon({ chain: { ...chain, send }, chainHash: QUICKNET.hash });
  try {
    if ((await beacon.valueOf(round)) !== undefined) return [];
  } catch (error) {
    if (steps.length > 0) return steps;
    throw error;
  }
  throw new OmlError('UNAVAILABLE', `Round ${round} of the beacon is still to come.`, { retryable: true });
}
class Kept extends Error {}
