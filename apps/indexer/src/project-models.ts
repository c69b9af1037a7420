import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import type { ModelEvent } from './event.ts';
import { toText } from './stored.ts';

const NOBODY = '0x0000000000000000000000000000000000000000';

/** What an event of the model registry changes. */
export async function projectModel(tx: Transaction, event: ModelEvent): Promise<void> {
  switch (event.eventName) {
    case 'CodeBookCommitted':
      return void (await commitCodeBook(tx, event));
    case 'BeaconDrawn':
      return void (await tx.codeBook.update({ where: { commitId: event.args.commitId }, data: { beacon: event.args.beacon, beaconTx: event.tx } }));
    case 'TermsRegistered':
      return void (await registerTerms(tx, event));
    case 'ModelMinted':
      return void (await mint(tx, event));
    case 'Transfer':
      // The mint's own transfer comes before ModelMinted, which names the owner too.
      if (event.args.from === NOBODY) return;
      return void (await tx.model.update({ where: { modelId: event.args.tokenId }, data: { owner: event.args.to } }));
    case 'AgentChanged':
      return void (await tx.model.update({ where: { modelId: event.args.modelId }, data: { agent: event.args.agent } }));
  }
}

function commitCodeBook(tx: Transaction, { args, tx: commitTx, at }: ModelEvent & { eventName: 'CodeBookCommitted' }) {
  const { root, poseidonRoot, size, commonSize, bits } = args.codeBook;
  const { commitId, committer, beaconBlock } = args;
  return tx.codeBook.create({
    data: { commitId, committer, root, poseidonRoot, size: BigInt(size), commonSize: BigInt(commonSize), bits, beaconBlock: fromAmount(beaconBlock), commitTx, at },
  });
}

function registerTerms(tx: Transaction, { args }: ModelEvent & { eventName: 'TermsRegistered' }) {
  const { floorPrice, minBond, ownerShareBps, slashBps, mode, uri } = args.terms;
  return tx.terms.create({
    data: { termsId: args.termsId, floorPrice: fromAmount(floorPrice), minBond: fromAmount(minBond), ownerShareBps, slashBps, mode, uri: toText(uri) },
  });
}

async function mint(tx: Transaction, { args, tx: mintTx, at }: ModelEvent & { eventName: 'ModelMinted' }) {
  const { modelId, owner, agent, commitId, termsId, weightsDigest, controlPanelDigest, parents, uri } = args;
  await tx.model.create({
    data: { modelId, owner, agent, commitId, termsId, weightsDigest, controlPanelDigest, parents: [...parents], uri: toText(uri), mintTx, mintedAt: at },
  });
  await askForCard(tx, modelId, commitId);
}

/** Puts the model's card on the list of what to fetch; a card of another model under that number is forgotten. */
async function askForCard(tx: Transaction, modelId: bigint, commitId: string): Promise<void> {
  await tx.modelCard.deleteMany({ where: { modelId, commitId: { not: commitId } } });
  await tx.modelCard.createMany({ data: [{ modelId, commitId, nextAttemptAt: new Date(0) }], skipDuplicates: true });
}
