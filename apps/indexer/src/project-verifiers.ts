import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import type { VerifierEvent } from './event.ts';
import { toDate } from './stored.ts';

/** What an event of the verifier registry changes: stakes and batches. */
export async function projectVerifier(tx: Transaction, event: VerifierEvent): Promise<void> {
  const { eventName, args } = event;
  switch (eventName) {
    case 'Staked': {
      const { verifier, stake, encryptionKey } = args;
      const now = { stake: fromAmount(stake), encryptionKey, leavableAt: null };
      return void (await tx.verifier.upsert({ where: { verifier }, create: { verifier, ...now }, update: now }));
    }
    case 'UnstakeRequested':
      return void (await tx.verifier.update({
        where: { verifier: args.verifier },
        data: { leavableAt: toDate(args.leavableAt) },
      }));
    case 'Unstaked':
      return void (await tx.verifier.update({
        where: { verifier: args.verifier },
        data: { stake: { decrement: fromAmount(args.amount) }, leavableAt: null },
      }));
    case 'BatchCommitted': {
      const { batchId, verifier, ordinal, deposit } = args;
      return void (await tx.batch.create({
        data: {
          batchId,
          verifier,
          ordinal: BigInt(ordinal),
          deposit: fromAmount(deposit),
          state: 'committed',
          commitTx: event.tx,
          at: event.at,
        },
      }));
    }
    case 'BatchDrawn':
      return void (await tx.batch.update({ where: { batchId: args.batchId }, data: { state: 'drawn' } }));
    case 'BatchOpened': {
      const {
        batchId,
        modelId,
        opening: { account, release, itemCount },
        refund,
      } = args;
      const data = {
        state: 'opened',
        account,
        modelId: fromAmount(modelId),
        release: BigInt(release),
        itemCount: BigInt(itemCount),
        refund: fromAmount(refund),
      };
      return void (await tx.batch.update({ where: { batchId }, data }));
    }
    case 'BatchForfeited':
      return void (await tx.batch.update({ where: { batchId: args.batchId }, data: { state: 'forfeited' } }));
  }
}
