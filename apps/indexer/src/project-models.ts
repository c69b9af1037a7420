import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import type { ModelEvent } from './event.ts';
import { toDate, toText } from './stored.ts';

const NOBODY = '0x0000000000000000000000000000000000000000';
/** Columns of a model's offers, by kind of terms. */
const OFFERS = ['serveTermsId', 'privateTermsId', 'deriveTermsId'] as const;

/** What an event of the model registry changes. */
export async function projectModel(tx: Transaction, event: ModelEvent): Promise<void> {
  const { eventName, args } = event;
  switch (eventName) {
    case 'CodeBookCommitted':
      return void (await commitCodeBook(tx, event));
    case 'BeaconDrawn':
      return void (await tx.codeBook.update({
        where: { commitId: args.commitId },
        data: { beacon: args.beacon, beaconTx: event.tx },
      }));
    case 'ModelMinted':
      return mint(tx, event);
    case 'ModelReleased':
      return release(tx, event);
    case 'LineageFixed':
      return fixLineage(tx, event);
    case 'OfferChanged':
      return update(tx, args.modelId, { [OFFERS[args.kind]!]: args.termsId === 0 ? null : BigInt(args.termsId) });
    case 'Transfer':
      // The mint's own transfer comes before ModelMinted, which names the owner too.
      return args.from === NOBODY ? undefined : update(tx, args.tokenId, { owner: args.to });
    case 'AgentChanged':
      return update(tx, args.modelId, { agent: args.agent });
    case 'UriChanged':
      await update(tx, args.modelId, { uri: toText(args.uri) });
      return void (await tx.modelCard.updateMany({
        where: { modelId: args.modelId },
        data: { nextAttemptAt: new Date(0) },
      }));
    case 'PayeesChanged':
      return update(tx, args.modelId, { payees: args.payees.map(({ account, bps }) => ({ account, bps })) });
    case 'ResaleChanged':
      return update(tx, args.modelId, { resaleReceiver: args.receiver, resaleBps: args.bps });
  }
}

async function update(
  tx: Transaction,
  modelId: bigint,
  data: Parameters<Transaction['model']['update']>[0]['data'],
): Promise<void> {
  await tx.model.update({ where: { modelId }, data });
}

function commitCodeBook(tx: Transaction, { args, tx: commitTx, at }: ModelEvent & { eventName: 'CodeBookCommitted' }) {
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

/** The digests follow in ModelReleased, of the same transaction. */
async function mint(
  tx: Transaction,
  { args, tx: mintTx, at }: ModelEvent & { eventName: 'ModelMinted' },
): Promise<void> {
  const { modelId, owner, agent, commitId, slashBps, uri } = args;
  const empty = { weightsDigest: '', controlPanelDigest: '' };
  await tx.model.create({
    data: {
      modelId,
      owner,
      agent,
      commitId,
      latestCommitId: commitId,
      slashBps,
      ...empty,
      uri: toText(uri),
      mintTx,
      mintedAt: at,
    },
  });
  await askForCard(tx, modelId, commitId);
}

async function release(
  tx: Transaction,
  { args, tx: releaseTx, at }: ModelEvent & { eventName: 'ModelReleased' },
): Promise<void> {
  const { modelId, release: number, commitId, weightsDigest, controlPanelDigest, graceEndsAt } = args;
  const digests = { weightsDigest, controlPanelDigest };
  const grace = graceEndsAt === 0 ? {} : { graceEndsAt: toDate(BigInt(graceEndsAt)) };
  await tx.release.create({
    data: { modelId, number: BigInt(number), commitId, ...digests, ...grace, releaseTx, releasedAt: at },
  });
  await update(tx, modelId, { release: BigInt(number), latestCommitId: commitId, ...digests });
}

async function fixLineage(tx: Transaction, { args }: ModelEvent & { eventName: 'LineageFixed' }): Promise<void> {
  const { modelId, ancestors, parentCount, totalBps, derivable } = args;
  await tx.ancestor.createMany({
    data: ancestors.map(({ modelId: ancestorId, bps }) => ({ modelId, ancestorId, bps })),
  });
  const parents = ancestors.slice(0, Number(parentCount)).map(({ modelId: parentId }) => parentId);
  await update(tx, modelId, { parents, lineageBps: totalBps, derivable });
}

/** Puts the model's card on the list of what to fetch; a card of another model under that number is forgotten. */
async function askForCard(tx: Transaction, modelId: bigint, commitId: string): Promise<void> {
  await tx.modelCard.deleteMany({ where: { modelId, commitId: { not: commitId } } });
  await tx.modelCard.createMany({ data: [{ modelId, commitId, nextAttemptAt: new Date(0) }], skipDuplicates: true });
}
