import { wait } from '@oml/program/define-program';
import type { WaitResult } from '@oml/program/step-result';
import { isOmlError } from '@oml/protocol/error';
import type { AuditContext } from '../programs/audit-context.ts';
import type { Due } from '../programs/paid-calls.ts';
import { payerOf, planOf, type Probing } from './probing.ts';

const LOOK_MS = 1_000;

/** A run at a step that has payers. */
interface ProbingRun {
  id: string;
  facts: { probing: Probing };
  /** When the step began, Unix ms. */
  since: number;
}

/** Makes the transfers that are due; undefined once every payer has its money. */
export async function fundPayers(
  context: AuditContext,
  { id, facts: { probing }, since }: ProbingRun,
): Promise<WaitResult | undefined> {
  const plan = planOf(context, id, probing);
  const waited = Date.now() - since;
  try {
    return (await context.funding.fund(plan, probing.firstAccount, waited)) ? undefined : wait(LOOK_MS);
  } catch (error) {
    // A step has a few minutes of patience from its beginning: what only waited so far has spent none of it.
    if (isOmlError(error) && error.retryable && waited < probing.spreadMs) return wait(LOOK_MS, error.message);
    throw error;
  }
}

/** Makes the calls that are due; undefined once all are over. */
export async function askAsPayers(
  context: AuditContext,
  {
    id,
    facts: { probing },
    since,
    note,
    signal,
  }: ProbingRun & { note(text: string): Promise<void>; signal: AbortSignal },
  what: string,
): Promise<WaitResult | undefined> {
  const left = await context.paidCalls.makeDue(
    id,
    probing.round,
    duesOf(context, id, probing, since),
    signal,
    (n, all) => note(`${what}: ${n} of ${all}`),
  );
  return left === undefined ? undefined : wait(left);
}

/** Who makes each call of a round, and when. */
export function duesOf(
  context: Pick<AuditContext, 'salts' | 'accounts'>,
  auditId: string,
  probing: Probing,
  since: number,
): Due[] {
  const plan = planOf(context, auditId, probing);
  return plan.calls.map(({ payer, at }, call) => {
    const { byChannel, amount } = plan.payers[payer]!;
    const account = payerOf(context, probing, plan, call);
    return { call, payer: account, deposit: byChannel ? amount : undefined, at: since + at };
  });
}
