import { receiptToJson } from '@oml/protocol/wire/receipt-json';
import type { Paid } from './exchange.ts';
import type { Payment } from './payment.ts';

/** What is kept of an answer that was paid for: enough to show, to claim on, and to book. Amounts are decimal text. */
export interface KeptPaid {
  /** ISO time at which the host says it answered. */
  at: string;
  modelId: string;
  licenseId: string;
  /** Of the host. */
  account: string;
  /** Smallest unit of the token. */
  amount: string;
  paymentRef: string;
  tx?: string;
  /** As `receiptFromJson` reads it. */
  receipt: unknown;
  /** Opens the receipt's nonce in a claim: secret until then. */
  nonceSalt?: string;
  /** The payment itself. */
  header: string;
}

/** An answer that was paid for, as it is kept. */
export function keptPaid({ signedReceipt, payment, payee, nonceSalt }: Paid<Payment>): KeptPaid {
  const { receipt } = signedReceipt;
  return {
    at: new Date(Number(receipt.answeredAt) * 1_000).toISOString(),
    modelId: String(payee.modelId),
    licenseId: String(payee.licenseId),
    account: payee.account,
    amount: String(receipt.amount),
    paymentRef: receipt.paymentRef,
    ...('tx' in payment && payment.tx ? { tx: payment.tx } : {}),
    receipt: receiptToJson(signedReceipt),
    ...(nonceSalt ? { nonceSalt } : {}),
    header: payment.header,
  };
}
