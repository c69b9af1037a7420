import { headOf } from '@oml/protocol/evidence/head';
import { signReceipt, type Adjudicator, type Receipt, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { keccak256, stringToBytes, type Hex, type LocalAccount } from 'viem';
import type { Payment } from '../payment/ledger.ts';
import {
  completionOf,
  keepAnswer,
  signAnswer,
  type AnswerShelf,
  type KeptAnswer,
  type Outcome,
} from './kept-answers.ts';

/** What it takes to sign for answers: the host's registered signer, and the court that reads its receipts. */
export interface Signing extends AnswerShelf {
  signer: LocalAccount;
  adjudicator: Adjudicator;
}

/** What a receipt is issued for. */
export interface Issue {
  payment: Payment;
  licenseId: bigint;
  queryHash: Hex;
  outcome: Outcome;
}

/** Writes the answer down, then signs for it (protocol §5). Throws CONFLICT where the payment has an answer. */
export async function issueReceipt(signing: Signing, issue: Issue): Promise<SignedReceipt> {
  const receipt = receiptOf(issue);
  await keepAnswer(signing, receipt, issue.outcome);
  return sign(signing, receipt);
}

/** The receipt of an answer that was kept; signed now if the process ended between keeping and signing. */
export async function receiptOfKept(
  signing: Signing,
  { receipt, signature }: Pick<KeptAnswer, 'receipt' | 'signature'>,
): Promise<SignedReceipt> {
  return signature ? { receipt, signature } : sign(signing, receipt);
}

async function sign(signing: Signing, receipt: Receipt): Promise<SignedReceipt> {
  const signed = await signReceipt(receipt, signing.signer, signing.adjudicator);
  await signAnswer(signing, receipt.paymentRef, signed.signature);
  return signed;
}

/** With `exact`, the cumulative amount is this call's. */
function receiptOf({ payment, licenseId, queryHash, outcome }: Issue): Receipt {
  const completion = completionOf(outcome);
  const { authorization, requestNonce, paymentRef } = payment;
  return {
    licenseId,
    client: authorization.from,
    requestNonce,
    queryHash,
    head: headOf(completion),
    responseHash: keccak256(stringToBytes(completion)),
    paymentRef,
    amount: authorization.value,
    cumulative: authorization.value,
    answeredAt: BigInt(Math.floor(Date.now() / 1000)),
  };
}
