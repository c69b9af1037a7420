import { claimCourtAbi } from '@oml/contracts/abis';
import { followLogs } from '@oml/program/follow-logs';
import type { Chain } from '@oml/service/chain';
import { trueLogs, wordsOf } from '@oml/service/true-logs';
import type { Transaction } from 'kysely';
import { encodeEventTopics, parseEventLogs, type Hex } from 'viem';
import type { Tables } from '../store.ts';
import { addDisguise, type Disguise } from './disguises.ts';
import { REREAD_BLOCKS, type Watching } from './watch-contests.ts';

/**
 * Reads which claims of disguised use were proven against an account since the last look, and writes them down. Returns
 * those that are new.
 */
export async function watchDisguises({ chain, store, account }: Omit<Watching, 'logger'>): Promise<Disguise[]> {
  const noted: Disguise[] = [];
  const { publicClient, deployment } = chain;
  const event = { abi: claimCourtAbi, eventName: 'ClaimAdmitted' } as const;
  const topics = encodeEventTopics({ ...event, args: { account } });
  const readAdmitted = trueLogs(chain, { addresses: [deployment.contracts.claimCourt], topics: wordsOf(topics) });
  await followLogs({
    store,
    cursor: 'disguised',
    publicClient,
    startBlock: BigInt(deployment.deployedAtBlock),
    rereadBlocks: REREAD_BLOCKS,
    read: async (range) => {
      const found = parseEventLogs({ ...event, logs: await readAdmitted(range), strict: true });
      return Promise.all(found.map(({ args }) => readDisguise(chain, args.claimId, args.answerBy)));
    },
    note: async (transaction, disguises) => {
      const db = transaction as unknown as Transaction<Tables>;
      for (const disguise of disguises) if (await addDisguise({ db }, disguise)) noted.push(disguise);
    },
  });
  return noted;
}

/** All of a claim that is proven. The court names its hits by their digests, whoever called it. */
async function readDisguise(chain: Watching['chain'], claimId: Hex, answerBy: number): Promise<Disguise> {
  const { publicClient, deployment } = chain;
  const of = {
    ...courtOf(chain),
    args: { claimId },
    fromBlock: BigInt(deployment.deployedAtBlock),
    strict: true,
  } as const;
  const [[claimed], proven] = await Promise.all([
    publicClient.getContractEvents({ ...of, eventName: 'DisguisedUseClaimed' }),
    publicClient.getContractEvents({ ...of, eventName: 'ItemsProven' }),
  ]);
  const { claimant, batch } = claimed!.args;
  return { claimId, claimant, batch, answerBy, digests: proven.flatMap(({ args }) => args.digests) };
}

const courtOf = ({ deployment }: Pick<Chain, 'deployment'>) =>
  ({ address: deployment.contracts.claimCourt, abi: claimCourtAbi }) as const;
