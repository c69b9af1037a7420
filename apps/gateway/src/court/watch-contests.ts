import { claimCourtAbi } from '@oml/contracts/abis';
import { followLogs } from '@oml/program/follow-logs';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Transaction } from 'kysely';
import { zeroHash, type Address, type Hex } from 'viem';
import { findPayment, markContested } from '../payment/ledger.ts';
import type { GatewayStore, Tables } from '../store.ts';
import { addContest, endContest, type Contest } from './contests.ts';

/** Read again each time, so that a short reorganisation hides no claim; noting one twice does nothing. */
const REREAD_BLOCKS = 8n;

export interface Watching {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  /** The host account that claims are made against. */
  account: Address;
  logger: Logger;
}

interface Claimed extends Contest {
  vault: Address;
  witness: Hex;
  answerBy: number;
}

/** Reads which claims were made against an account since the last look, and writes them down. */
export async function watchContests(watching: Watching): Promise<void> {
  const { chain, store, account, logger } = watching;
  const { publicClient, deployment } = chain;
  const court = {
    address: deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    eventName: 'UnpaidUseClaimed',
    args: { account },
    strict: true,
  } as const;
  await followLogs({
    store,
    cursor: 'contested',
    publicClient,
    startBlock: BigInt(deployment.deployedAtBlock),
    rereadBlocks: REREAD_BLOCKS,
    read: (range) => publicClient.getContractEvents({ ...court, ...range }),
    note: async (transaction, claims) => {
      const db = transaction as unknown as Transaction<Tables>;
      for (const { args } of claims) await noteUnpaid(db, args, logger);
    },
  });
}

/** A contest and the mark on its payment are written together. */
async function noteUnpaid(
  db: Transaction<Tables>,
  { claimId, vault, witness, receipt, claimant, nonceSalt, answerBy }: Claimed,
  logger: Logger,
): Promise<void> {
  const { paymentRef } = receipt;
  const facts = { claimId, vault, paymentRef, answerBy };
  if (!(await addContest({ db }, { claimId, receipt, claimant, nonceSalt }))) return;
  if (witness !== zeroHash) {
    await endContest({ db }, claimId);
    logger.error({ ...facts, witness }, 'two receipts of ours charge the same money: nothing cures that');
    return;
  }
  await markContested({ db }, paymentRef);
  if (await findPayment({ db }, paymentRef))
    logger.warn(facts, 'a receipt of ours was contested; its payment is booked now');
  else logger.warn(facts, 'a receipt was contested whose payment is not in this ledger');
}
