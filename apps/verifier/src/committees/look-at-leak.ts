import { walkEvidence } from '@oml/fingerprint/evidence/evidence';
import { REPORT_OUTCOME } from '@oml/protocol/chain/report-state';
import { isOmlError } from '@oml/protocol/error';
import { batchId as batchIdOf, pairsTree, type BatchOpening } from '@oml/protocol/evidence/batch';
import { headMatches } from '@oml/protocol/evidence/head';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { hitPoints } from '@oml/protocol/evidence/score';
import type { ProbeItem } from '@oml/protocol/wire/probe-grant';
import { reportEvidenceSchema } from '@oml/protocol/wire/report-evidence';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address, Hex } from 'viem';
import { kindOf } from '../programs/disguise-targets.ts';
import { planItemCount } from '../programs/evidence-plan.ts';
import { requestProbes } from '../programs/probe-grant.ts';
import { askEndpoint, firstModelOf, type Endpoint } from './ask-endpoint.ts';
import type { DutyContext, Found } from './duty-context.ts';
import { evidenceBy } from './read-evidence.ts';

/**
 * What lets a juror say that an endpoint serves a model: one that never had it gets there with chance 2^-20 (Ville). A
 * claim needs 40 for itself; of a committee two thirds must get here, each with keys of its own.
 */
const JUROR_SCORE = 20;
/** Keys do not come one after another, as a list of questions would. */
const MOST_PAUSE_MS = 200;

export interface ReportedLeak {
  reportId: bigint;
  modelId: bigint;
  accused: Address;
  reporter: Address;
}

export interface LeakBatch {
  opening: BatchOpening;
  batchId: Hex;
}

/** The batch that draws this juror its own keys, the same at every visit; undefined where the book is too small. */
export async function planLeakBatch(
  { hosts, salts, me }: DutyContext,
  runId: string,
  { modelId, accused }: ReportedLeak,
): Promise<LeakBatch | undefined> {
  const { bits, commonSize, release } = await hosts.model(modelId);
  try {
    const itemCount = planItemCount({ bits, commonSize, needed: JUROR_SCORE });
    const pairs = Array.from({ length: itemCount }, (_, i) => ({
      client: me,
      requestNonce: requestNonce(me, salts(`duty-nonce/${runId}/${i}`)),
    }));
    const pairsRoot = pairsTree(pairs).root as Hex;
    const salt = salts(`duty-batch/${runId}`);
    // It looks for answers that name no license: nobody signs them.
    const opening = { account: accused, modelId, release, licenseIds: [], itemCount, pairsRoot, salt };
    return { opening, batchId: batchIdOf(me, opening) };
  } catch (error) {
    if (isOmlError(error) && error.code === 'CODE_BOOK_TOO_SMALL') return undefined;
    throw error;
  }
}

/** Has the publisher grant the drawn keys and asks the endpoint each of them, as anybody would. */
export async function lookAtLeak(
  context: DutyContext,
  { reportId, modelId, reporter }: ReportedLeak,
  { opening, batchId, beacon }: LeakBatch & { beacon: Hex },
  signal: AbortSignal,
): Promise<Found> {
  const { chain, sealing, cases, hosts, limits } = context;
  const [model, url, pointers, kind] = await Promise.all([
    hosts.model(modelId, opening.release),
    cases.endpointOf(reportId),
    cases.reportPointers(reportId),
    kindOf(context, modelId),
  ]);
  const { items } = await requestProbes(chain, sealing, { batchId, opening, beacon, model });
  const documents = await evidenceBy(reporter, pointers, reportEvidenceSchema, limits);
  const named = documents.find((document) => document.model !== undefined)?.model;
  const endpoint = { url, kind, model: named ?? (await firstModelOf(url, limits)) };
  const heads = await askAll(endpoint, items);
  const { verdict, score } = walkEvidence(
    items.map(({ leaf, answer }, i) => ({ hit: isHit(heads[i], answer), points: hitPoints(leaf.bits) })),
    JUROR_SCORE,
  );
  const evidence = {
    asked: items.length,
    answered: heads.filter((head) => head !== undefined).length,
    hits: items.filter(({ answer }, i) => isHit(heads[i], answer)).length,
    score,
    needed: JUROR_SCORE,
    batchId,
  };
  return { vote: verdict === 'match' ? REPORT_OUTCOME.UPHELD : REPORT_OUTCOME.DISMISSED, evidence };

  async function askAll(asked: Endpoint, keys: readonly ProbeItem[]): Promise<(Hex | undefined)[]> {
    const heads: (Hex | undefined)[] = [];
    for (const { body } of keys) {
      signal.throwIfAborted();
      heads.push(await askEndpoint(asked, body, limits));
      await sleep(Math.random() * MOST_PAUSE_MS);
    }
    return heads;
  }
}

const isHit = (head: Hex | undefined, answer: Hex): boolean => head !== undefined && headMatches(head, answer);
