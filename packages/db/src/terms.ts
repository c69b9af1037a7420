import { TERMS_KINDS, type TermsKindName } from '@oml/protocol/chain/terms';
import type { Prisma } from './generated/prisma/client.ts';
import type { Transaction } from './client.ts';
import { fromAmount, toAmount } from './columns.ts';
import type { TermsEvent } from './events.ts';
import { toText } from './storable.ts';

export interface TermsRow {
  termsId: number;
  kind: TermsKindName;
  /** How the license is enforced (protocol §8). */
  mode: number;
  derivatives: boolean;
  approvalNeeded: boolean;
  ownerShareBps: number;
  slashBps: number;
  royaltyBps: number;
  /** Seconds. */
  period: number;
  auditPeriod: number;
  /** The floor price of a use, the price of a period, or of the right to build on the model. */
  price: bigint;
  bond: bigint;
  leakBond: bigint;
  /** What SERVE terms of a child ask at least; and, of DERIVE terms, `slashBps`. */
  childPrice: bigint;
  childBond: bigint;
  uri: string;
}

/** Keeps terms under their id. */
export async function projectTerms(tx: Transaction, { args }: TermsEvent): Promise<void> {
  const { termsId, terms } = args;
  const { period, auditPeriod, price, bond, leakBond, childPrice, childBond, uri, ...rest } = terms;
  const own = { price: fromAmount(price), bond: fromAmount(bond), leakBond: fromAmount(leakBond) };
  const amounts = { ...own, childPrice: fromAmount(childPrice), childBond: fromAmount(childBond) };
  await tx.terms.create({
    data: {
      ...rest,
      ...amounts,
      termsId: BigInt(termsId),
      period: BigInt(period),
      auditPeriod: BigInt(auditPeriod),
      uri: toText(uri),
    },
  });
}

/** Stored terms as pages read them. */
export function toTermsRow({
  termsId,
  kind,
  period,
  auditPeriod,
  price,
  bond,
  leakBond,
  childPrice,
  childBond,
  ...terms
}: Prisma.TermsGetPayload<object>): TermsRow {
  return {
    ...terms,
    termsId: Number(termsId),
    kind: TERMS_KINDS[kind]!,
    period: Number(period),
    auditPeriod: Number(auditPeriod),
    price: toAmount(price),
    bond: toAmount(bond),
    leakBond: toAmount(leakBond),
    childPrice: toAmount(childPrice),
    childBond: toAmount(childBond),
  };
}
