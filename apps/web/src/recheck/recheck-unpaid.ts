import { claimCourtAbi, licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import type { ClaimRow } from '@oml/db/claims';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { dollars } from '@oml/ui/dollars';
import { decodeFunctionData } from 'viem';
import { checkAll, type Check, type Recheck } from './check.ts';
import { checkReceipts, digestOf, type ChainReader, type ShownReceipt } from './receipt-checks.ts';

/** Re-checks offence 1: the receipts from the reveal's own call data, and what the vault says of the payment now. */
export async function recheckUnpaid(chain: ChainReader, claim: ClaimRow): Promise<Recheck> {
  const [accused, witness] = await shownReceipts(chain, claim);
  const digest = digestOf(chain, accused.signed);
  const known: Check = { name: 'Receipt', ok: digest === claim.claimId, detail: 'its digest is the name of the claim' };
  if (!witness)
    return {
      checks: [
        known,
        ...(await checkReceipts(chain, [accused], claim)),
        await bookedNow(chain, claim, accused.signed.receipt),
      ],
    };
  return {
    checks: [
      known,
      ...(await checkReceipts(chain, [accused, witness], claim)),
      sameMoney(accused.signed.receipt, witness.signed.receipt),
    ],
  };
}

async function shownReceipts(
  { publicClient }: ChainReader,
  claim: ClaimRow,
): Promise<readonly [accused: ShownReceipt, witness?: ShownReceipt]> {
  const reveal = claim.timeline.find(({ name }) => name === 'UnpaidUseClaimed');
  if (!reveal) throw new Error('The index has no reveal of this claim.');
  const { input } = await publicClient.getTransaction({ hash: reveal.tx });
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: input });
  if (functionName === 'revealUnpaidUse') return [args[0]];
  if (functionName === 'revealEquivocation') return [args[0], args[1]];
  throw new Error('The claim was revealed through another contract; its receipts are not in the call.');
}

/** The vault's ledger is the only meaning of "paid". What it should say now depends on how the claim stands. */
async function bookedNow(
  { publicClient, deployment }: ChainReader,
  claim: ClaimRow,
  { licenseId, paymentRef, client, cumulative, amount }: Receipt,
): Promise<Check> {
  const vault = await publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'vaultOf',
    args: [licenseId],
  });
  // A vault has no code before its first use: then nothing is booked there.
  const total = await publicClient
    .readContract({ address: vault, abi: revenueVaultAbi, functionName: 'booked', args: [paymentRef, client] })
    .catch(() => 0n);
  const isBooked = total >= cumulative;
  if (claim.state === 'paid-late')
    return {
      name: 'Vault',
      ok: isBooked,
      detail: isBooked ? 'the payment is booked now' : 'the payment is not booked',
    };
  // Booked after the window saves no slash, so it does not speak against one.
  return {
    name: 'Vault',
    ok: true,
    detail: isBooked ? 'the payment is booked by now' : `the payment is not booked; ${dollars(amount)} are unpaid`,
  };
}

/** Two receipts on one payment whose ranges overlap, for different uses. */
function sameMoney(a: Receipt, b: Receipt): Check {
  const overlap =
    a.paymentRef === b.paymentRef && a.cumulative - a.amount < b.cumulative && b.cumulative - b.amount < a.cumulative;
  const differ = a.client !== b.client || a.requestNonce !== b.requestNonce || a.queryHash !== b.queryHash;
  return checkAll('Same money', 'both receipts charge it, for different uses', [overlap, differ]);
}
