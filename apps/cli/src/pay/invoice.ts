import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import type { JournalEntry } from './journal.ts';

/** What was bought in a month of UTC, by host and model; amounts in the token, as decimal text. */
export interface Invoice {
  month: string;
  /** Who paid. */
  buyer: string;
  lines: InvoiceLine[];
  answers: number;
  total: string;
}

export interface InvoiceLine {
  /** The account that was paid. */
  host: string;
  licenseId: string;
  model: string;
  modelId: string;
  answers: number;
  amount: string;
}

export const RECEIPT_COLUMNS = [
  'at',
  'model',
  'modelId',
  'licenseId',
  'host',
  'amount',
  'paymentRef',
  'tx',
  'queryHash',
  'responseHash',
] as const;
export const INVOICE_COLUMNS = ['month', 'host', 'licenseId', 'model', 'modelId', 'answers', 'amount'] as const;

/** A receipt as a row of a table: what was paid to whom for which answer, and neither question nor answer. */
export function receiptRow({ receipt, account, amount, tx = '', ...entry }: JournalEntry): Record<string, string> {
  const { queryHash = '', responseHash = '' } = (receipt as { receipt?: Record<string, string> }).receipt ?? {};
  const { at, model, modelId, licenseId, paymentRef } = entry;
  const of = { at, model, modelId, licenseId, host: account, paymentRef };
  return { ...of, amount: formatDollars(BigInt(amount)), tx, queryHash, responseHash };
}

/** Adds up a month, such as 2026-11. Throws REQUEST_INVALID. */
export function invoiceOf(entries: readonly JournalEntry[], month: string, buyer: string): Invoice {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
    throw new OmlError('REQUEST_INVALID', `--month takes a month such as 2026-11, not "${month}".`);
  const bought = entries.filter(({ at }) => at.startsWith(`${month}-`));
  const groups = Map.groupBy(bought, ({ account, licenseId, model }) => JSON.stringify([account, licenseId, model]));
  const lines = [...groups.values()].map((all) => {
    const { account, licenseId, model, modelId } = all[0]!;
    return { host: account, licenseId, model, modelId, answers: all.length, amount: sum(all) };
  });
  return { month, buyer, lines: lines.toSorted(byModel), answers: bought.length, total: sum(bought) };
}

const sum = (entries: readonly JournalEntry[]): string =>
  formatDollars(entries.reduce((total, { amount }) => total + BigInt(amount), 0n));

const byModel = (a: InvoiceLine, b: InvoiceLine): number =>
  Number(a.modelId) - Number(b.modelId) || Number(a.licenseId) - Number(b.licenseId);
