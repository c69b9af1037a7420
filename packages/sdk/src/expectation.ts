import { OmlError } from '@oml/protocol/error';
import type { Address } from 'viem';
import type { Payee } from './payee-check.ts';

/** What a buyer was shown before it asked: a host that asks for anything else gets nothing signed. */
export interface Expectation {
  licenseId?: bigint;
  modelId?: bigint;
  vault?: Address;
  /** Most that a call may cost; smallest unit of the token. */
  price?: bigint;
  /** Name that the answer carries; one that names another model is refused. */
  model?: string;
}

/** Throws PAYMENT_INVALID where the payee is another than the one that was expected, naming what differs. */
export function checkExpected(expected: Expectation | undefined, payee: Payee, payTo: Address): void {
  const { licenseId, modelId, vault } = expected ?? {};
  const differing = [
    differs('license', licenseId, payee.licenseId),
    differs('model', modelId, payee.modelId),
    differs('vault', vault?.toLowerCase(), payTo.toLowerCase()),
  ].filter((each) => each !== undefined);
  if (differing.length === 0) return;
  throw new OmlError('PAYMENT_INVALID', `The host asks for payment for something else: ${differing.join(', ')}.`, {
    details: { licenseId: String(payee.licenseId), modelId: String(payee.modelId), payTo },
  });
}

/** Throws RECEIPT_MISMATCH where an answer says that another model gave it. */
export function checkAnsweredBy(expected: Expectation | undefined, answer: unknown): void {
  const { model } = (answer ?? {}) as { model?: unknown };
  if (expected?.model === undefined || typeof model !== 'string' || model === expected.model) return;
  throw new OmlError('RECEIPT_MISMATCH', `The answer says that ${model.slice(0, 80)} gave it, not ${expected.model}.`, {
    details: { differing: ['model'], model: model.slice(0, 80) },
  });
}

const differs = (name: string, expected: unknown, found: unknown): string | undefined =>
  expected === undefined || expected === found ? undefined : `${name} ${found}, not ${expected}`;
