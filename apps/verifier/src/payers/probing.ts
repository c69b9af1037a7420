import type { Address } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { AuditContext } from '../programs/audit-context.ts';
import { planCalls, type Plan, type Wishes } from './plan.ts';

/** Who pays for a round of an audit: kept in its facts, so that everything else follows from them and the seed. */
export interface Probing extends Wishes {
  round: number;
  /** The first of its accounts: hops, then payers. */
  firstAccount: number;
}

/** Draws the payers of a round and takes accounts for them. Throws UNAVAILABLE (retryable) where the purse is empty. */
export async function drawPayers(
  context: AuditContext,
  auditId: string,
  round: number,
  { calls, price }: Pick<Wishes, 'calls' | 'price'>,
): Promise<Probing> {
  const { accounts, funding, paying, salts } = context;
  const wishes = { calls, price, spreadMs: paying.spreadMs, mostPayers: await funding.mostPayers(paying.ethPrice) };
  const { hops, payers } = planCalls(planSeed(salts, auditId, round), wishes);
  await funding.checkPurse(hops);
  const firstAccount = await accounts.take(auditId, round, hops.length + payers.length);
  return { ...wishes, round, firstAccount };
}

/** The same at every visit. */
export const planOf = ({ salts }: Pick<AuditContext, 'salts'>, auditId: string, probing: Probing): Plan =>
  planCalls(planSeed(salts, auditId, probing.round), probing);

/** The account that pays for a call. */
export const payerOf = (
  { accounts }: Pick<AuditContext, 'accounts'>,
  { firstAccount }: Probing,
  { hops, calls }: Plan,
  call: number,
): PrivateKeyAccount => accounts.at(firstAccount + hops.length + calls[call]!.payer);

/** Whom the receipts of a round will name, by the number of the call. */
export function clientsOf(context: Pick<AuditContext, 'salts' | 'accounts'>, auditId: string, probing: Probing) {
  const plan = planOf(context, auditId, probing);
  return plan.calls.map((_, call): Address => payerOf(context, probing, plan, call).address);
}

/** For people: what a round's payers are, and whether gas made them fewer. */
export function payersNote({ payers, calls }: Plan, { mostPayers }: Probing): string {
  const fewer = payers.length === mostPayers ? ': more would cost more gas than the pool pays for a batch' : '';
  return `${payers.length} payers for ${calls.length} calls${fewer}`;
}

/** What the payers of a round are drawn by. */
export const planSeed = (salts: AuditContext['salts'], auditId: string, round: number): string =>
  salts(`payers/${auditId}/${round}`);
