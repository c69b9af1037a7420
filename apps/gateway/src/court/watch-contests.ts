import { claimCourtAbi } from '@oml/contracts/abis';
import { followLogs } from '@oml/program/follow-logs';
import { OFFENCE } from '@oml/protocol/chain/claim-state';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Transaction } from 'kysely';
import { trueLogs, wordsOf } from '@oml/service/true-logs';
import { encodeEventTopics, parseEventLogs, type Address, type GetEventArgs } from 'viem';
import { markChannelContested } from '../channel/collection.ts';
import { findPayment, markContested } from '../payment/ledger.ts';
import type { GatewayStore, Tables } from '../store.ts';
import { addContest } from './contests.ts';

/** Read again each time, so that a short reorganisation hides no claim; noting one twice does nothing. */
export const REREAD_BLOCKS = 8n;

export interface Watching {
  chain: Pick<Chain, 'publicClient' | 'deployment' | 'nodes'>;
  store: GatewayStore;
  /** The host account that claims are made against. */
  account: Address;
  logger: Logger;
}

type Claimed = GetEventArgs<typeof claimCourtAbi, 'UnpaidUseClaimed', { IndexedOnly: false; Required: true }>;

/** Reads which claims were made against an account since the last look, and writes them down. */
export async function watchContests(watching: Watching): Promise<void> {
  const { chain, store, account, logger } = watching;
  const { publicClient, deployment } = chain;
  const event = { abi: claimCourtAbi, eventName: 'UnpaidUseClaimed' } as const;
  const topics = encodeEventTopics({ ...event, args: { account } });
  const read = trueLogs(chain, { addresses: [deployment.contracts.claimCourt], topics: wordsOf(topics) });
  await followLogs({
    store,
    cursor: 'contested',
    publicClient,
    startBlock: BigInt(deployment.deployedAtBlock),
    rereadBlocks: REREAD_BLOCKS,
    read: async (range) => parseEventLogs({ ...event, logs: await read(range), strict: true }),
    note: async (transaction, claims) => {
      const db = transaction as unknown as Transaction<Tables>;
      for (const { args } of claims) await noteUnpaid(db, args, logger);
    },
  });
}

/** A contest and the marks on its payments are written together. */
async function noteUnpaid(db: Transaction<Tables>, { claimId, use, receipts }: Claimed, logger: Logger): Promise<void> {
  const { vault, answerBy, offence } = use;
  if (!(await addContest({ db }, { claimId, receipts }))) return;
  if (offence === OFFENCE.equivocation) {
    logger.error(
      { claimId, vault, answerBy },
      'two receipts of ours charge the same money: booking does not cure that',
    );
    return;
  }
  for (const { paymentRef } of receipts) {
    await markContested({ db }, paymentRef);
    const facts = { claimId, vault, paymentRef, answerBy };
    if ((await markChannelContested({ db }, paymentRef)) || (await findPayment({ db }, paymentRef)))
      logger.warn(facts, 'a receipt of ours was contested; its payment is booked now');
    else logger.warn(facts, 'a receipt was contested whose payment is not in this ledger');
  }
}
