import { OmlError } from '@oml/protocol/error';
import { batchScore, hitPoints } from '@oml/protocol/evidence/score';
import { receiptSigner } from '@oml/protocol/signed/receipt';
import { disguiseBundleToJson, type DisguiseBundleJson } from '@oml/protocol/wire/disguise-bundle';
import type { ReceiptBundleJson } from '@oml/protocol/wire/receipt-bundle';
import { receiptToJson } from '@oml/protocol/wire/receipt-json';
import type { Address } from 'viem';
import { shownAt, type CallRef } from './accused-receipts.ts';
import type { AuditContext } from './audit-context.ts';
import { batchOf, hitsOf, type BatchRun, type Matched } from './disguise-batch.ts';

/** The receipts of these calls, with what opens their nonces. */
export async function receiptsShown(context: AuditContext, accused: readonly CallRef[]): Promise<ReceiptBundleJson> {
  const shown = await shownAt(context, accused);
  const receipts = shown.map(({ evidence: { signed, nonceSalt } }) => ({ receipt: receiptToJson(signed), nonceSalt }));
  return { receipts };
}

/** All by which anybody can check again what was weighed of a batch, without asking anyone. */
export async function disguiseShown(context: AuditContext, run: BatchRun<Matched>): Promise<DisguiseBundleJson> {
  const { batches, court, hosts, chain, me } = context;
  const { chainId, contracts } = chain.deployment;
  const adjudicator = { chainId, court: contracts.claimCourt };
  const { opening, batchId } = batchOf(context, run);
  const { modelId, release, licenseIds } = opening;
  const [{ number }, drawn, book, { rules }, hits] = await Promise.all([
    batches.read(batchId),
    batches.draw(batchId),
    hosts.model(modelId, release),
    court.values(),
    hitsOf(context, run),
  ]);
  if (!drawn) throw new OmlError('UNAVAILABLE', 'The chain does not know the draw of this batch now.');
  const signers = new Set<Address>();
  for (const { evidence } of hits) signers.add(await receiptSigner(evidence.signed, adjudicator));
  const { items: itemCount, needed } = run.facts.weighed;
  const points = hitPoints(book.bits, licenseIds.length);
  return disguiseBundleToJson({
    ...adjudicator,
    claimant: me,
    batchId,
    opening,
    itemCount,
    score: batchScore({ hits: hits.length, items: itemCount, points }),
    needed,
    hits,
    chain: {
      batch: { number, beacon: drawn.value },
      codeBook: {
        root: book.codeBookRoot,
        beacon: book.beacon,
        commonSize: book.commonSize,
        bits: book.bits,
        number: book.bookNumber,
      },
      threshold: rules.evidenceThreshold,
      signers: [...signers],
    },
  });
}
