import type { Prisma } from './generated/prisma/client.ts';
import type { Transaction } from './client.ts';
import { fromAmount, toHex } from './columns.ts';
import type { ModelEvent, Named } from './events.ts';

/** What an event of the model registry changes in code books. */
export async function projectCodeBook(tx: Transaction, event: ModelEvent): Promise<void> {
  switch (event.eventName) {
    case 'CodeBookCommitted':
      return void (await commitCodeBook(tx, event));
    case 'BeaconDrawn': {
      const { commitId, beacon } = event.args;
      return void (await tx.codeBook.update({ where: { commitId }, data: { beacon, beaconTx: event.tx } }));
    }
  }
}

function commitCodeBook(tx: Transaction, { args, tx: commitTx, at }: Named<ModelEvent, 'CodeBookCommitted'>) {
  const { root, poseidonRoot, size, commonSize, bits } = args.codeBook;
  const { commitId, committer, beaconBlock } = args;
  return tx.codeBook.create({
    data: {
      commitId,
      committer,
      root,
      poseidonRoot,
      size: BigInt(size),
      commonSize: BigInt(commonSize),
      bits,
      beaconBlock: fromAmount(beaconBlock),
      commitTx,
      at,
    },
  });
}

/** What pages read of the code book of a release. */
export function codeBookFields(codeBook: Prisma.CodeBookGetPayload<object>) {
  return {
    codeBookRoot: toHex(codeBook.root),
    beacon: toHex(codeBook.beacon ?? '0x'),
    commonSize: Number(codeBook.commonSize),
    size: Number(codeBook.size),
    bits: codeBook.bits,
  };
}
