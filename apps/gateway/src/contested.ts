import { claimCourtAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address, Hex } from 'viem';
import type { Ledger } from './ledger.ts';

const CURSOR = 'contested';
/** Events are read in slices that any RPC endpoint answers. */
const SLICE_BLOCKS = 2_000n;
/** Read again each time, so that a short reorganisation hides no claim; noting one twice does nothing. */
const REREAD_BLOCKS = 8n;

/** Reads which of our payments were contested since the last look, and writes that down. Returns how many are new. */
export async function readContested({ publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>, ledger: Ledger, vaults: readonly Address[], logger: Logger): Promise<number> {
  const head = await publicClient.getBlockNumber();
  const next = cursorOf(ledger) ?? BigInt(deployment.deployedAtBlock);
  let from = next > REREAD_BLOCKS ? next - REREAD_BLOCKS : 0n;
  let found = 0;
  while (from <= head && vaults.length > 0) {
    const to = from + SLICE_BLOCKS - 1n < head ? from + SLICE_BLOCKS - 1n : head;
    const range = { fromBlock: from, toBlock: to, args: { vault: [...vaults] } };
    const events = await publicClient.getContractEvents({ address: deployment.contracts.claimCourt, abi: claimCourtAbi, eventName: 'ReceiptContested', strict: true, ...range });
    for (const { args } of events) found += note(ledger, args, logger);
    setCursor(ledger, to + 1n);
    from = to + 1n;
  }
  return found;
}

function note(ledger: Ledger, { claimId, vault, paymentRef }: { claimId: bigint; vault: Address; paymentRef: Hex }, logger: Logger): number {
  const facts = { claimId: String(claimId), vault, paymentRef };
  if (!ledger.find(paymentRef)) logger.warn(facts, 'a receipt was contested whose payment is not in this ledger');
  if (!ledger.markContested(paymentRef)) return 0;
  logger.warn(facts, 'a receipt of ours was contested; its payment is booked now');
  return 1;
}

function cursorOf({ store }: Ledger): bigint | undefined {
  const row = store.db.prepare('SELECT block FROM cursor WHERE name = ?').get(CURSOR);
  return row && BigInt(row['block'] as string);
}

function setCursor({ store }: Ledger, block: bigint): void {
  store.db.prepare('INSERT INTO cursor (name, block) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET block = excluded.block').run(CURSOR, String(block));
}
