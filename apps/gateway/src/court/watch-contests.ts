import { claimCourtAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { zeroHash, type Address, type Hex } from 'viem';
import { findPayment, markContested } from '../payment/ledger.ts';
import type { GatewayStore } from '../store.ts';
import { addContest, endContest, type Contest } from './contests.ts';

const CURSOR = 'contested';
/** Events are read in slices that any RPC endpoint answers. */
const SLICE_BLOCKS = 2_000n;
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

/**
 * Reads which claims were made against an account since the last look, and writes them down. Returns how many are new.
 */
export async function watchContests(watching: Watching): Promise<number> {
  const { chain, store, account } = watching;
  const { publicClient, deployment } = chain;
  const court = {
    address: deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    args: { account },
    strict: true,
  } as const;
  const head = await publicClient.getBlockNumber();
  const next = (await nextBlock(store)) ?? BigInt(deployment.deployedAtBlock);
  let from = next > REREAD_BLOCKS ? next - REREAD_BLOCKS : 0n;
  let found = 0;
  while (from <= head) {
    const to = from + SLICE_BLOCKS - 1n < head ? from + SLICE_BLOCKS - 1n : head;
    const range = { fromBlock: from, toBlock: to };
    const unpaid = await publicClient.getContractEvents({ ...court, ...range, eventName: 'UnpaidUseClaimed' });
    for (const { args } of unpaid) if (await noteUnpaid(watching, args)) found++;
    await setNextBlock(store, to + 1n);
    from = to + 1n;
  }
  return found;
}

/** True where it is new. A contest and the mark on its payment are written together. */
async function noteUnpaid(
  { store, logger }: Watching,
  { claimId, vault, witness, receipt, claimant, nonceSalt, answerBy }: Claimed,
): Promise<boolean> {
  const { paymentRef } = receipt;
  const isEquivocation = witness !== zeroHash;
  const isNew = await store.transaction(async (db) => {
    if (!(await addContest({ db }, { claimId, receipt, claimant, nonceSalt }))) return false;
    if (isEquivocation) await endContest({ db }, claimId);
    else await markContested({ db }, paymentRef);
    return true;
  });
  if (!isNew) return false;
  const facts = { claimId, vault, paymentRef, answerBy };
  if (isEquivocation)
    logger.error({ ...facts, witness }, 'two receipts of ours charge the same money: nothing cures that');
  else if (await findPayment(store, paymentRef))
    logger.warn(facts, 'a receipt of ours was contested; its payment is booked now');
  else logger.warn(facts, 'a receipt was contested whose payment is not in this ledger');
  return true;
}

async function nextBlock({ db }: GatewayStore): Promise<bigint | undefined> {
  const row = await db.selectFrom('cursor').select('next_block').where('name', '=', CURSOR).executeTakeFirst();
  return row && BigInt(row.next_block);
}

async function setNextBlock({ db }: GatewayStore, block: bigint): Promise<void> {
  const position = { next_block: Number(block) };
  await db
    .insertInto('cursor')
    .values({ name: CURSOR, ...position })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(position))
    .execute();
}
