import { headOf } from '@oml/protocol/evidence/head';
import { signReceipt, type Adjudicator, type Receipt, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { keccak256, stringToBytes, type Hex, type LocalAccount } from 'viem';
import { completionOf, type Answers, type Outcome } from './kept-answers.ts';
import type { Payment } from '../payment/ledger.ts';

export interface Issue {
  payment: Payment;
  licenseId: bigint;
  queryHash: Hex;
  outcome: Outcome;
}

export interface Receipts {
  /** Writes the answer down, then signs for it (protocol §5). */
  issue(issue: Issue): Promise<SignedReceipt>;
  /** The receipt of an answer that was kept; signed now if the process ended between keeping and signing. */
  receiptOf(kept: { receipt: Receipt; signature: Hex | undefined }): Promise<SignedReceipt>;
}

/** Signs receipts with the host's registered signer. With `exact`, the cumulative amount is this call's. */
export function createReceipts(answers: Answers, signer: LocalAccount, adjudicator: Adjudicator): Receipts {
  async function sign(receipt: Receipt): Promise<SignedReceipt> {
    const signed = await signReceipt(receipt, signer, adjudicator);
    answers.sign(receipt.paymentRef, signed.signature);
    return signed;
  }
  return {
    issue({ payment, licenseId, queryHash, outcome }) {
      const completion = completionOf(outcome);
      const { authorization, requestNonce, paymentRef } = payment;
      const receipt: Receipt = {
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
      answers.keep(receipt, outcome);
      return sign(receipt);
    },
    receiptOf: async ({ receipt, signature }) => (signature ? { receipt, signature } : sign(receipt)),
  };
}
