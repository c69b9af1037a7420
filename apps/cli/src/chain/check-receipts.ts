import { chargesSameMoney } from '@oml/protocol/evidence/equivocation';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { receiptDigest, receiptSigner, type Adjudicator, type SignedReceipt } from '@oml/protocol/signed/receipt';
import type { ReceiptBundle } from '@oml/protocol/wire/receipt-bundle';
import { isAddressEqual, type Address, type Hex } from 'viem';

/** Copies of one receipt that may lie between two that differ. */
const NEAR = 16;

/** What a receipt proves by its bytes alone; `faults` say what it does not. */
export interface CheckedReceipt {
  digest: Hex;
  /** Whose signature it is; the chain knows whose account that is. */
  signer?: Address;
  licenseId: bigint;
  amount: bigint;
  paymentRef: Hex;
  faults: string[];
}

export interface CheckedBundle {
  receipts: CheckedReceipt[];
  /** Pairs that charge the same money for different uses: an offence that booking does not cure. */
  equivocations: { paymentRef: Hex; digests: [Hex, Hex] }[];
}

/** By whom and whose receipts are expected to be. */
export interface Expected {
  claimant?: Address | undefined;
  signer?: Address | undefined;
}

/** Checks receipts by the court's rules as far as their bytes go: signatures, nonces, amounts, the same money twice. */
export async function checkBundle(
  bundle: ReceiptBundle,
  court: Adjudicator,
  expected: Expected,
): Promise<CheckedBundle> {
  const receipts = await Promise.all(bundle.map((one) => checkOne(one, court, expected)));
  return {
    receipts,
    equivocations: equivocationsOf(
      bundle.map(({ receipt }) => receipt),
      receipts,
    ),
  };
}

async function checkOne(
  { receipt: signed, nonceSalt }: ReceiptBundle[number],
  court: Adjudicator,
  { claimant, signer: meant }: Expected,
): Promise<CheckedReceipt> {
  const { receipt } = signed;
  const signer = await receiptSigner(signed, court).catch(() => undefined);
  const opens = claimant && nonceSalt ? requestNonce(claimant, nonceSalt) === receipt.requestNonce : undefined;
  const faults = [
    ...(signer ? [] : ['its signature is none that the court takes']),
    ...(signer && meant && !isAddressEqual(signer, meant) ? [`${signer} signed it`] : []),
    ...(claimant && !nonceSalt ? ['nothing opens its nonce'] : []),
    ...(opens === false ? ['its nonce is another claimant’s'] : []),
    ...(receipt.amount > receipt.cumulative ? ['it charges more than its payment comes to'] : []),
  ];
  const { licenseId, amount, paymentRef } = receipt;
  return {
    digest: receiptDigest(receipt, court),
    ...(signer ? { signer } : {}),
    licenseId,
    amount,
    paymentRef,
    faults,
  };
}

/** Of receipts by one signer, payment by payment, so that many receipts of many payments are no work. */
function equivocationsOf(signed: readonly SignedReceipt[], checked: readonly CheckedReceipt[]) {
  const places = Map.groupBy(checked.keys(), (i) => `${checked[i]!.signer} ${checked[i]!.paymentRef}`);
  const found: CheckedBundle['equivocations'] = [];
  for (const these of places.values()) {
    if (!checked[these[0]!]!.signer) continue;
    // By where their charges end: one that overlaps any before it overlaps the last before it, too.
    const inOrder = these.toSorted((a, b) => compare(signed[a]!.receipt.cumulative, signed[b]!.receipt.cumulative));
    for (const [at, second] of inOrder.entries()) {
      const near = inOrder.slice(Math.max(0, at - NEAR), at);
      const first = near.findLast((one) => chargesSameMoney(signed[one]!.receipt, signed[second]!.receipt));
      if (first === undefined) continue;
      const { paymentRef } = checked[second]!;
      found.push({ paymentRef, digests: [checked[first]!.digest, checked[second]!.digest] });
    }
  }
  return found;
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
