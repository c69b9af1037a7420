import { defineProgram, end, nextOf, wait } from '@oml/program/define-program';
import { deriveTerms, privateTerms, serveTerms } from '@oml/protocol/chain/offered-terms';
import { OmlError } from '@oml/protocol/error';
import type { Beacon } from '@oml/service/beacon';
import type { Address, Hex } from 'viem';
import type { Parents } from '../chain/parents.ts';
import { commitIdOf, type Registration } from '../chain/registration.ts';
import type { Blobs } from '../files/blobs.ts';
import type { OwnerSecret } from '../files/owner-secret.ts';
import type { Uploads } from '../http/uploads.ts';
import type { Workshop } from '../workshop/workshop.ts';
import { controlPanel, sourceOf } from './control-panel.ts';
import {
  publicationOrderSchema,
  type MintedModel,
  type PublicationOrder,
  type PublicationSteps,
} from './publication-facts.ts';
import {
  decoysBlob,
  decoysPurpose,
  draftBlob,
  markedBlob,
  preparedBlob,
  secretPurpose,
  statisticsBlob,
} from './publication-files.ts';
import { progressTo } from './step-progress.ts';

export interface PublicationContext {
  beacon: Beacon;
  /** This publisher: commits, mints and delivers for the owner. */
  agent: Address;
  publicUrl: string;
  secret: OwnerSecret;
  uploads: Uploads;
  blobs: Blobs;
  workshop: Workshop;
  registration: Registration;
  parents: Pick<Parents, 'rightsOf'>;
  minted: { list(): Promise<MintedModel[]> };
}

/** Few keys in a hundred draws harm a model that carries most others; a model that carries none is found out soon. */
const DRAWS = 3;
const next = nextOf<PublicationSteps>();

/** Under which a later release is found; the first is found by its model's id. */
export const releaseKey = (modelId: string, release: number): string => `${modelId}/${release}`;

/**
 * How a request becomes a minted model, or a release of one. What the steps write is named by publication and attempt,
 * and what they send is looked up first: doing one twice changes nothing.
 */
export const publication = defineProgram<PublicationSteps, PublicationContext, PublicationOrder, 'ready'>()({
  name: 'publication',
  first: next('inspect', {}),
  steps: {
    inspect: async ({ subject: request }, context) =>
      next('draft', { attempt: 0, inspection: await inspect(request, context) }),

    async draft({ id, subject: request, facts, note }, { uploads, workshop, secret, blobs }) {
      const part = { id, attempt: facts.attempt };
      const { fingerprints } = request;
      const source = await sourceOf(uploads, request);
      const input = { source, secret: secret.derive(secretPurpose(part)), ...fingerprints };
      const { book, root, poseidonRoot, size, statistics } = await workshop.run('draft', input, progressTo(note));
      const decoys = await workshop.run(
        'decoys',
        { ...input, secret: secret.derive(decoysPurpose(part)) },
        progressTo(note),
      );
      await blobs.put(draftBlob(part), new TextEncoder().encode(book));
      await blobs.put(decoysBlob(part), new TextEncoder().encode(JSON.stringify(decoys)));
      await blobs.put(statisticsBlob(part), statistics);
      const { commonCount: commonSize, bits } = fingerprints;
      return next('chance', { ...facts, codeBook: { root: root as Hex, poseidonRoot, size, commonSize, bits } });
    },

    async chance({ id, subject: request, facts, note }, { uploads, workshop, blobs, minted }) {
      const book = await blobs.getText(draftBlob({ id, ...facts }));
      const panel = await controlPanel(uploads, request, await minted.list());
      const { results, controlPanelDigest } = await workshop.run('chance', { panel, book }, progressTo(note));
      return next('commit', { ...facts, chance: results, controlPanelDigest });
    },

    async commit({ subject, facts }, { registration, agent }) {
      // Before anything is committed: terms that this deployment refuses end the publication here.
      const { terms, release } = publicationOrderSchema.parse(subject);
      // What a model offers is none of a release's business.
      const serve = release ? 0 : await registration.termsId(serveTerms(terms));
      const own = terms.private && !release ? await registration.termsId(privateTerms(terms, terms.private)) : 0;
      const derive = terms.derive && !release ? await registration.termsId(deriveTerms(terms, terms.derive)) : 0;
      const commitId = commitIdOf(agent, facts.codeBook);
      const { round, tx } = await registration.commit(commitId, facts.codeBook);
      return next('beacon', { ...facts, offers: [serve, own, derive], commitId, round }, { tx });
    },

    async beacon({ facts }, { beacon }) {
      const posted = await beacon.valueOf(facts.round);
      return posted ? next('embed', { ...facts, beacon: posted.value }, { tx: posted.tx }) : wait(beacon.pollMs);
    },

    async embed({ id, subject: request, facts, note }, { uploads, workshop, secret, blobs, registration }) {
      const part = { id, attempt: facts.attempt };
      const input = {
        source: await sourceOf(uploads, request),
        secret: secret.derive(secretPurpose(part)),
        book: await blobs.getText(draftBlob(part)),
        beacon: facts.beacon,
        profile: request.fingerprints.profile,
        statistics: await blobs.get(statisticsBlob(part)),
      };
      const { prepared, marked, weightsDigest, report } = await workshop.run('embed', input, progressTo(note));
      await blobs.put(preparedBlob(part), prepared);
      await blobs.put(markedBlob(part), marked);
      const { kind, terms, fingerprints } = publicationOrderSchema.parse(request);
      const rates = await registration.rates();
      const { tracingCount, profile } = fingerprints;
      const sizes = { codeBook: facts.codeBook, tracingCount, profile };
      const plan = await workshop.run('plan', { kind, ...sizes, terms, rates });
      return next('verify', { ...facts, weightsDigest, report: { ...report, plan } });
    },

    async verify({ id, subject: request, facts }, { uploads, workshop, blobs }) {
      const { report, weightsDigest, beacon } = facts;
      const book = await blobs.getText(draftBlob({ id, ...facts }));
      const source = { ...(await sourceOf(uploads, request)), model: await blobs.get(markedBlob({ id, ...facts })) };
      const found = await workshop.run('verify', { source, book, beacon });
      if (found.weightsDigest !== weightsDigest)
        throw new OmlError('EDITION_INVALID', 'The marked file on disk is not the one that was written.');
      return next('mint', { ...facts, report: { ...report, verified: found.verified } });
    },

    async mint({ subject, facts }, { registration, parents: rights, agent, publicUrl }) {
      const request = publicationOrderSchema.parse(subject);
      const { owner } = request;
      const { offers, commitId, codeBook, weightsDigest, controlPanelDigest } = facts;
      const digests = { weightsDigest, controlPanelDigest };
      if (request.release) {
        const { modelId, after, graceSeconds } = request.release;
        const params = { codeBook, ...digests, gracePeriod: graceSeconds };
        const { release, tx } = await registration.release(commitId, { modelId: BigInt(modelId), after }, params);
        return end('ready', { tx, keys: { release: releaseKey(modelId, release) } });
      }
      const parents = await rights.rightsOf(request);
      const params = { codeBook, owner, agent, ...digests, offers, parents, resaleBps: 0, uri: publicUrl };
      const { modelId, tx } = await registration.mint(commitId, params);
      return end('ready', { tx, keys: { modelId: String(modelId) } });
    },
  },
  /** What this attempt committed is void, or its keys do not fit: back to the draft, with other keys. */
  rescue: (run, { code }) => {
    const draftAnew = (facts: PublicationSteps['beacon'], note: string) =>
      next('draft', { attempt: facts.attempt + 1, inspection: facts.inspection }, { note });
    if (run.step === 'beacon' && code === 'BEACON_MISSED')
      return draftAnew(run.facts, 'nobody posted the round in time: drafting anew');
    if ((run.step === 'embed' || run.step === 'verify') && code === 'EDIT_INFEASIBLE' && run.facts.attempt + 1 < DRAWS)
      return draftAnew(run.facts, 'the model does not carry these keys: drafting others');
    return undefined;
  },
});

/**
 * Opens the files of a request and asks for the rights on its parents, before anything is spent. Throws MODEL_NOT_ONNX,
 * MODEL_UNSUPPORTED, NOT_FOUND for a missing upload, LICENSE_NOT_ACTIVE, …
 */
export async function inspect(
  json: PublicationOrder,
  { uploads, workshop, parents }: Pick<PublicationContext, 'uploads' | 'workshop' | 'parents'>,
) {
  const request = publicationOrderSchema.parse(json);
  if (!request.release) await parents.rightsOf(request);
  const source = await sourceOf(uploads, json);
  for (const uploadId of request.panel) {
    if (!(await uploads.has(uploadId))) await uploads.get(uploadId);
  }
  return workshop.run('inspect', source);
}
