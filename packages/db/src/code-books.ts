import type { Prisma } from './generated/prisma/client.ts';
import type { Transaction } from './client.ts';
import { toHex } from './columns.ts';
import type { BeaconEvent, ModelEvent } from './events.ts';

/** What an event of the model registry changes in code books. */
export async function projectCodeBook(tx: Transaction, { eventName, args, tx: commitTx, at }: ModelEvent) {
  if (eventName !== 'CodeBookCommitted') return;
  const { root, poseidonRoot, size, commonSize, bits } = args.codeBook;
  const { commitId, committer, bookNumber, round } = args;
  await tx.codeBook.create({
    data: {
      commitId,
      committer,
      root,
      poseidonRoot,
      size: BigInt(size),
      commonSize: BigInt(commonSize),
      bits,
      bookNumber,
      round,
      commitTx,
      at,
    },
  });
}

/** A round names its value after everything that waits for it was committed. */
export async function projectRound(tx: Transaction, { args: { round, value }, tx: beaconTx }: BeaconEvent) {
  await tx.codeBook.updateMany({ where: { round }, data: { beacon: value, beaconTx } });
}

/** What pages read of the code book of a release. */
export function codeBookFields(codeBook: Prisma.CodeBookGetPayload<object>) {
  return {
    codeBookRoot: toHex(codeBook.root),
    beacon: toHex(codeBook.beacon ?? '0x'),
    commonSize: Number(codeBook.commonSize),
    size: Number(codeBook.size),
    bits: codeBook.bits,
    bookNumber: Number(codeBook.bookNumber),
  };
}
