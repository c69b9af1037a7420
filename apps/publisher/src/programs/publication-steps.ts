import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Address, Hex } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import type { OwnerSecret } from '../files/owner-secret.ts';
import { controlPanel, sourceOf } from './control-panel.ts';
import type { Facts, PublicationRecord, PublicationRecords, StepName } from './publication-record.ts';
import { publishRequestSchema, type PublishRequest } from '@oml/protocol/wire/publish-request';
import { commitIdOf, type Registration, type Terms } from '../chain/registration.ts';
import { draftBlob, markedBlob, preparedBlob, secretPurpose, statisticsBlob } from './release.ts';
import type { Uploads } from '../http/uploads.ts';
import type { OnProgress } from '../workshop-message.ts';
import type { Workshop } from '../workshop.ts';

export interface StepContext {
  chain: Pick<Chain, 'publicClient'>;
  /** This publisher: commits, mints and delivers for the owner. */
  agent: Address;
  publicUrl: string;
  secret: OwnerSecret;
  uploads: Uploads;
  blobs: Blobs;
  workshop: Workshop;
  registration: Registration;
  records: Pick<PublicationRecords, 'minted'>;
}

export interface StepOutcome {
  facts?: Facts;
  transaction?: Hex | undefined;
  modelId?: string;
}

/** Does one step, again from its start after a crash; undefined where it must wait for the chain. */
type Step = (
  context: StepContext,
  publication: PublicationRecord,
  onProgress: OnProgress,
) => Promise<StepOutcome | undefined>;

/**
 * The steps of a publication. What they write is named by publication and attempt, and what they send is looked up
 * first: doing one twice changes nothing.
 */
export const publicationSteps: Record<StepName, Step> = {
  async inspect({ uploads, workshop }, { request }) {
    const source = await sourceOf(uploads, request);
    for (const uploadId of publishRequestSchema.parse(request).panel) {
      if (!(await uploads.has(uploadId))) await uploads.get(uploadId);
    }
    return { facts: { inspection: await workshop.run('inspect', source) } };
  },

  async draft({ uploads, workshop, secret, blobs }, publication, onProgress) {
    const { fingerprints } = publication.request;
    const input = {
      source: await sourceOf(uploads, publication.request),
      secret: secret.derive(secretPurpose(publication)),
      ...fingerprints,
    };
    const { book, root, poseidonRoot, size, statistics } = await workshop.run('draft', input, onProgress);
    await blobs.put(draftBlob(publication), new TextEncoder().encode(book));
    await blobs.put(statisticsBlob(publication), statistics);
    return {
      facts: {
        codeBook: {
          root: root as Hex,
          poseidonRoot,
          size,
          commonSize: fingerprints.commonCount,
          bits: fingerprints.bits,
        },
      },
    };
  },

  async chance({ uploads, workshop, blobs, records }, publication, onProgress) {
    const panel = await controlPanel(uploads, publication, records.minted());
    const { results, controlPanelDigest } = await workshop.run(
      'chance',
      { panel, book: await readText(blobs, draftBlob(publication)) },
      onProgress,
    );
    return { facts: { chance: results, controlPanelDigest } };
  },

  async commit({ registration, agent }, { request, facts }) {
    // Before anything is committed: terms that this deployment refuses end the publication here.
    const termsId = await registration.termsId(serveTerms(publishRequestSchema.parse(request).terms));
    const commitId = commitIdOf(agent, facts.codeBook!);
    const { beaconBlock, transaction } = await registration.commit(commitId, facts.codeBook!);
    return { facts: { termsId, commitId, beaconBlock: String(beaconBlock) }, transaction };
  },

  async beacon({ registration, chain }, { facts }) {
    if ((await chain.publicClient.getBlockNumber()) < BigInt(facts.beaconBlock!)) return undefined;
    const drawn = await registration.draw(facts.commitId!);
    return drawn && { facts: { beacon: drawn.beacon }, transaction: drawn.transaction };
  },

  async embed({ uploads, workshop, secret, blobs }, publication, onProgress) {
    const input = {
      source: await sourceOf(uploads, publication.request),
      secret: secret.derive(secretPurpose(publication)),
      book: await readText(blobs, draftBlob(publication)),
      beacon: publication.facts.beacon!,
      statistics: await blobs.get(statisticsBlob(publication)),
    };
    const { prepared, marked, weightsDigest, report } = await workshop.run('embed', input, onProgress);
    await blobs.put(preparedBlob(publication), prepared);
    await blobs.put(markedBlob(publication), marked);
    return { facts: { weightsDigest, report } };
  },

  async verify({ uploads, workshop, blobs }, publication) {
    const { report, weightsDigest, beacon } = publication.facts;
    const source = {
      ...(await sourceOf(uploads, publication.request)),
      model: await blobs.get(markedBlob(publication)),
    };
    const found = await workshop.run('verify', {
      source,
      book: await readText(blobs, draftBlob(publication)),
      beacon: beacon!,
    });
    if (found.weightsDigest !== weightsDigest)
      throw new OmlError('EDITION_INVALID', 'The marked file on disk is not the one that was written.');
    return { facts: { report: { ...report!, verified: found.verified } } };
  },

  async mint({ registration, agent, publicUrl }, { request, facts }) {
    const { owner } = publishRequestSchema.parse(request);
    const { termsId, commitId, codeBook, weightsDigest, controlPanelDigest } = facts;
    const digests = { weightsDigest: weightsDigest!, controlPanelDigest: controlPanelDigest! };
    const params = {
      codeBook: codeBook!,
      owner,
      agent,
      ...digests,
      offers: [termsId!, 0, 0] as const,
      parents: [],
      resaleBps: 0,
      uri: publicUrl,
    };
    const { modelId, transaction } = await registration.mint(commitId!, params);
    return { modelId: String(modelId), transaction };
  },
};

/** What hosts accept: SERVE terms, enforced by fingerprints. */
function serveTerms({ floorPrice, minBond, ...terms }: PublishRequest['terms']): Terms {
  const unused = { derivatives: false, approvalNeeded: false, royaltyBps: 0, period: 0, auditPeriod: 0, leakBond: 0n };
  return { kind: 0, mode: 0, ...unused, price: floorPrice, bond: minBond, ...terms };
}

const readText = async (blobs: Blobs, name: string): Promise<string> => new TextDecoder().decode(await blobs.get(name));
