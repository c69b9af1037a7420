import { claimCourtAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { zeroHash, type Address, type Hex } from 'viem';
import { Contests, type Contest } from './contests.ts';
import type { Ledger } from '../payment/ledger.ts';

const CURSOR = 'contested';
/** Events are read in slices that any RPC endpoint answers. */
const SLICE_BLOCKS = 2_000n;
/** Read again each time, so that a short reorganisation hides no claim; noting one twice does nothing. */
const REREAD_BLOCKS = 8n;

interface Claimed extends Contest {
  vault: Address;
  witness: Hex;
  answerBy: number;
}

/**
 * Reads which claims were made against an account since the last look, and writes them down. Returns how many are new.
 */
export async function watchContests(
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  ledger: Ledger,
  account: Address,
  logger: Logger,
): Promise<number> {
  const contests = new Contests(ledger.store);
  const court = {
    address: deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    args: { account },
    strict: true,
  } as const;
  const head = await publicClient.getBlockNumber();
  const next = cursorOf(ledger) ?? BigInt(deployment.deployedAtBlock);
  let from = next > REREAD_BLOCKS ? next - REREAD_BLOCKS : 0n;
  let found = 0;
  while (from <= head) {
    const to = from + SLICE_BLOCKS - 1n < head ? from + SLICE_BLOCKS - 1n : head;
    const range = { fromBlock: from, toBlock: to };
    const unpaid = await publicClient.getContractEvents({ ...court, ...range, eventName: 'UnpaidUseClaimed' });
    for (const { args } of unpaid) found += noteUnpaid(ledger, contests, args, logger);
    setCursor(ledger, to + 1n);
    from = to + 1n;
  }
  return found;
}

function noteUnpaid(
  ledger: Ledger,
  contests: Contests,
  { claimId, vault, witness, receipt, claimant, nonceSalt, answerBy }: Claimed,
  logger: Logger,
): number {
  const { paymentRef } = receipt;
  const facts = { claimId, vault, paymentRef, answerBy };
  if (!contests.add({ claimId, receipt, claimant, nonceSalt })) return 0;
  if (witness !== zeroHash) {
    contests.end(claimId);
    logger.error({ ...facts, witness }, 'two receipts of ours charge the same money: nothing answers that');
    return 1;
  }
  if (!ledger.find(paymentRef)) logger.warn(facts, 'a receipt was contested whose payment is not in this ledger');
  ledger.markContested(paymentRef);
  logger.warn(facts, 'a receipt of ours was contested; its payment is booked now');
  return 1;
}

function cursorOf({ store }: Ledger): bigint | undefined {
  const row = store.db.prepare('SELECT block FROM cursor WHERE name = ?').get(CURSOR);
  return row && BigInt(row['block'] as string);
}

function setCursor({ store }: Ledger, block: bigint): void {
  store.db
    .prepare('INSERT INTO cursor (name, block) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET block = excluded.block')
    .run(CURSOR, String(block));
}
