import { claimCourtAbi, licenseRegistryAbi, revenueVaultAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { isReceiptBooked } from '@oml/protocol/evidence/booked';
import { claimIdOf } from '@oml/protocol/evidence/claim';
import { chargesSameMoney } from '@oml/protocol/evidence/equivocation';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { dollars } from '@oml/ui/dollars';
import { decodeFunctionData } from 'viem';
import type { Check, Recheck } from './check.ts';
import { checkReceipts, digestOf, type ChainReader, type ShownReceipt } from './receipt-checks.ts';
import type { ShownClaim } from '#claim/shown-claim.ts';

/** Re-checks offence 1: the receipts from the reveal's own call data, and what the vault says of the payments now. */
export async function recheckUnpaid(chain: ChainReader, claim: ShownClaim): Promise<Recheck> {
  const { isPair, shown } = await shownReceipts(chain, claim);
  const claimed = isPair ? shown : await lateOnes(chain, claim, shown);
  const known: Check = {
    name: 'Receipts',
    ok: claimIdOf(claimed.map(({ signed }) => digestOf(chain, signed))) === claim.claimId,
    detail: 'their digests are the name of the claim',
  };
  // Of two receipts on the same money the claimant opens one.
  const opened = isPair ? shown.filter((one) => isOpened(one, claim)).slice(0, 1) : claimed;
  const [first, second] = claimed.map(({ signed }) => signed.receipt);
  const money = isPair ? sameMoney(first!, second!) : await bookedNow(chain, claim, claimed);
  return { checks: [known, ...(await checkReceipts(chain, opened, claim)), money] };
}

const isOpened = ({ signed, nonceSalt }: ShownReceipt, { claimant }: ShownClaim) =>
  requestNonce(claimant, nonceSalt) === signed.receipt.requestNonce;

async function shownReceipts({ publicClient }: ChainReader, claim: ShownClaim) {
  const reveal = claim.timeline.find(({ name }) => name === 'UnpaidUseClaimed');
  if (!reveal) throw new Error('The index has no reveal of this claim.');
  const { input } = await publicClient.getTransaction({ hash: reveal.tx });
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: input });
  if (functionName === 'revealUnpaidUse') return { isPair: false, shown: [...args[0]] };
  if (functionName === 'revealEquivocation') return { isPair: true, shown: [args[0], args[1]] };
  throw new Error('The claim was revealed through another contract; its receipts are not in the call.');
}

/** Those that the vault had not booked when the claim was committed: the court skipped the others. */
async function lateOnes(
  chain: ChainReader,
  claim: ShownClaim,
  shown: readonly ShownReceipt[],
): Promise<ShownReceipt[]> {
  const committed = claim.timeline.find(({ name }) => name === 'ClaimCommitted');
  const block = committed?.blockNumber;
  const booked = await Promise.all(shown.map(({ signed }) => isBooked(chain, signed.receipt, block)));
  return shown.filter((_, i) => !booked[i]);
}

/** As the court asks it, floor price included; at the end of a block, if one is given. */
async function isBooked(chain: ChainReader, receipt: Receipt, block?: bigint): Promise<boolean> {
  const [total, floorPrice] = await Promise.all([bookedTotal(chain, receipt, block), floorPriceOf(chain, receipt)]);
  return isReceiptBooked(receipt, total, floorPrice);
}

/** The least price of a use under the terms that the receipt's license was accepted with. */
async function floorPriceOf(
  { publicClient, deployment: { contracts } }: ChainReader,
  { licenseId }: Receipt,
): Promise<bigint> {
  const [, , termsId] = await publicClient.readContract({
    address: contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'partiesOf',
    args: [licenseId],
  });
  const [price] = await publicClient.readContract({
    address: contracts.termsRegistry,
    abi: termsRegistryAbi,
    functionName: 'ratesOf',
    args: [termsId],
  });
  return price;
}

/** What is booked of the receipt's payment; at the end of a block, if one is given. */
async function bookedTotal(
  { publicClient, deployment }: ChainReader,
  { licenseId, paymentRef, client }: Receipt,
  block?: bigint,
): Promise<bigint> {
  const address = await publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'vaultOf',
    args: [licenseId],
  });
  const vault = { address, abi: revenueVaultAbi } as const;
  const total =
    block === undefined
      ? publicClient.readContract({ ...vault, functionName: 'booked', args: [paymentRef, client] })
      : publicClient.readContract({ ...vault, functionName: 'bookedAt', args: [paymentRef, client, block] });
  // A vault has no code before its first use: then nothing is booked there.
  return total.catch(() => 0n);
}

/** The vault's ledger is the only meaning of "paid". What it should say now depends on how the claim stands. */
async function bookedNow(chain: ChainReader, claim: ShownClaim, shown: readonly ShownReceipt[]): Promise<Check> {
  const receipts = shown.map(({ signed }) => signed.receipt);
  const booked = await Promise.all(receipts.map((receipt) => isBooked(chain, receipt)));
  const unpaid = receipts.filter((_, i) => !booked[i]);
  const isPaid = unpaid.length === 0;
  const owed = unpaid.reduce((sum, { amount }) => sum + amount, 0n);
  return {
    name: 'Vault',
    // Booked after the end undoes no slash, so it does not speak against one.
    ok: isPaid || claim.state !== 'paid-late',
    detail: isPaid ? 'all of it is booked by now' : `${dollars(owed)} are not booked`,
  };
}

/** Two receipts on one payment whose ranges overlap, for different uses. */
const sameMoney = (a: Receipt, b: Receipt): Check => ({
  name: 'Same money',
  ok: chargesSameMoney(a, b),
  detail: 'both receipts charge it, for different uses',
});
