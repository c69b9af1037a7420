import { unclaimableNonce } from '@oml/protocol/evidence/nonce';
import { isOmlError } from '@oml/protocol/error';
import { headOf } from '@oml/protocol/evidence/head';
import { keccak } from '@oml/protocol/keccak';
import { receiptDigest, type Adjudicator, type Receipt, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { stringToBytes, type Hex } from 'viem';
import type { Bill, InHand } from '../payment/in-hand.ts';
import { unsureAnswer } from './failed-answer.ts';
import { completionOf, keepAnswer, type AnswerShelf, type KeptAnswer, type Outcome } from './kept-answers.ts';

/** What it takes to sign for answers: the host's registered signer, and the court that reads its receipts. */
export interface Signing extends AnswerShelf {
  sign: (digest: Hex) => Hex;
  adjudicator: Adjudicator;
  /** Hears what was earned. */
  onReceipt?: (receipt: Receipt) => void;
}

/** What a receipt is issued for. */
export interface Issue {
  payment: InHand;
  /** What it is charged. */
  bill: Bill;
  licenseId: bigint;
  queryHash: Hex;
  /** The text of what was asked, which is kept beside the answer. */
  asked: string;
  outcome: Outcome;
}

/**
 * Writes the answer down and signs for it (protocol §5), which takes no longer than the disk does: the signature is not
 * out before the answer is on it. Throws CONFLICT where the payment has an answer, ANSWER_UNSURE where the store fails
 * under it.
 */
export async function issueReceipt(signing: Signing, issue: Issue): Promise<SignedReceipt> {
  const receipt = receiptOf(issue);
  const digest = receiptDigest(receipt, signing.adjudicator);
  const { onDisk } = await surely(issue.payment, keepAnswer(signing, issue.payment, { receipt, digest, ...issue }));
  const signature = signing.sign(digest);
  await surely(issue.payment, onDisk);
  signing.onReceipt?.(receipt);
  return { receipt, signature };
}

/** A store that fails while it writes leaves open whether it has written. Throws ANSWER_UNSURE. */
export const surely = <Result>(payment: Pick<InHand, 'paymentRef'>, writing: Promise<Result>): Promise<Result> =>
  writing.catch((error: unknown) => {
    throw isOmlError(error) ? error : unsureAnswer(payment, error);
  });

/** The receipt of an answer that was kept. A signature is a function of key and words (RFC 6979): none is stored. */
export const receiptOfKept = (signing: Signing, { receipt }: Pick<KeptAnswer, 'receipt'>): SignedReceipt => ({
  receipt,
  signature: signing.sign(receiptDigest(receipt, signing.adjudicator)),
});

function receiptOf({ payment, bill: { amount, cumulative }, licenseId, queryHash, outcome }: Issue): Receipt {
  const completion = completionOf(outcome);
  const { client, paymentRef } = payment;
  const requestNonce = payment.requestNonce ?? unclaimableNonce(paymentRef, cumulative);
  return {
    licenseId,
    client,
    requestNonce,
    queryHash,
    head: headOf(completion),
    responseHash: keccak(stringToBytes(completion)),
    paymentRef,
    amount,
    cumulative,
    answeredAt: BigInt(Math.floor(Date.now() / 1000)),
  };
}
