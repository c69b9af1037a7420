import { claimCourtAbi, licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import type { ClaimRow } from '@oml/db/rows';
import { dollars } from '@oml/ui/dollars';
import { decodeFunctionData } from 'viem';
import { checkAll, type Check, type Recheck } from './check.ts';
import { checkReceipts, type ChainReader, type ShownReceipt } from './receipt-checks.ts';

/** Re-checks an unpaid use: the receipts from the reveal's own call data, and what the vault says of their payments now. */
export async function recheckUnpaid(chain: ChainReader, claim: ClaimRow): Promise<Recheck> {
  const shown = await shownReceipts(chain, claim);
  return { checks: [...(await checkReceipts(chain, shown, claim)), await bookedNow(chain, claim, shown)] };
}

async function shownReceipts({ publicClient }: ChainReader, claim: ClaimRow): Promise<readonly ShownReceipt[]> {
  const reveal = claim.timeline.find(({ name }) => name === 'ClaimRevealed');
  if (!reveal) throw new Error('The index has no reveal of this claim.');
  const { input } = await publicClient.getTransaction({ hash: reveal.tx });
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: input });
  if (functionName !== 'revealUnpaidUse') throw new Error('The claim was revealed through another contract; its receipts are not in the call.');
  return args[0].receipts;
}

/** The vault's ledger is the only meaning of "paid". What it should say now depends on how the claim stands. */
async function bookedNow({ publicClient, deployment }: ChainReader, claim: ClaimRow, shown: readonly ShownReceipt[]): Promise<Check> {
  const { vault } = await publicClient.readContract({ address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi, functionName: 'license', args: [claim.licenseId] });
  const ledger = await Promise.all(shown.map(({ receipt }) => publicClient.readContract({ address: vault, abi: revenueVaultAbi, functionName: 'booked', args: [receipt.paymentRef] })));
  const booked = shown.map(({ receipt }, i) => ledger[i]![0].toLowerCase() === receipt.client.toLowerCase() && ledger[i]![1] >= receipt.cumulative);
  const count = booked.filter(Boolean).length;
  const money = dollars(shown.reduce((sum, { receipt }, i) => (booked[i] ? sum : sum + receipt.amount), 0n));
  if (claim.state === 'paid-late') return checkAll('Vault', `all ${shown.length} payments are booked now`, booked);
  if (claim.state === 'slashed') return { name: 'Vault', ok: count < shown.length, detail: `${shown.length - count} of ${shown.length} payments are still not booked, worth ${money}` };
  return { name: 'Vault', ok: true, detail: `${count} of ${shown.length} payments are booked so far` };
}
