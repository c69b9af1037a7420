import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import type { TermsEvent } from './event.ts';
import { toText } from './stored.ts';

/** Keeps terms under their id. */
export async function projectTerms(tx: Transaction, { args }: TermsEvent): Promise<void> {
  const { termsId, terms } = args;
  const { period, auditPeriod, price, bond, leakBond, uri, ...rest } = terms;
  const amounts = { price: fromAmount(price), bond: fromAmount(bond), leakBond: fromAmount(leakBond) };
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
