import { OmlError } from '@oml/protocol/error';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { keyIndexAt, type BatchOpening } from '@oml/protocol/evidence/batch';
import { leafHash } from '@oml/protocol/evidence/code-book';
import { standsUnder } from '@oml/protocol/evidence/leaves';
import { signProbeRequest } from '@oml/protocol/signed/probe-request';
import { fromBase64 } from '@oml/protocol/wire/base64';
import { grantSealInfo, readProbeGrant, sealedGrantSchema, type ProbeItem } from '@oml/protocol/wire/probe-grant';
import { probeRequestToJson } from '@oml/protocol/wire/probe-request';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { queryHashOf } from '@oml/sdk/asked';
import type { Chain } from '@oml/service/chain';
import { guardedFetch, guardFor } from '@oml/service/guarded-fetch';
import { openSealed, type SealingKeyPair } from '@oml/service/seal';
import type { Hex } from 'viem';

/** What the chain says that the items must fit. */
export interface DrawnBatch {
  batchId: Hex;
  opening: BatchOpening;
  beacon: Hex;
  model: { codeBookRoot: Hex; beacon: Hex; commonSize: number; bits: number; uri: string };
}

const LIMITS = { timeoutMs: 30_000, maxBytes: 8 << 20 };

/**
 * Asks a model's publisher for the probes of a drawn batch and checks every one. Throws UNAVAILABLE, what the publisher
 * answers, CODE_BOOK_INVALID.
 */
export async function requestProbes(
  { account, deployment }: Chain,
  sealing: SealingKeyPair,
  batch: DrawnBatch,
): Promise<{ items: ProbeItem[]; decoys: Record<string, unknown>[] }> {
  const { batchId, opening } = batch;
  const { chainId, contracts } = deployment;
  const signature = await signProbeRequest(batchId, account!, {
    chainId,
    verifierRegistry: contracts.verifierRegistry,
  });
  const request = probeRequestToJson({ verifier: account!.address, batchId, opening, signature });
  const send = guardedFetch(guardFor(deployment, LIMITS));
  const sealed = await post(send, `${batch.model.uri}/probes`, request);
  const plaintext = await openSealed(sealing, sealed, grantSealInfo(batchId));
  const grant = readProbeGrant(new TextDecoder().decode(plaintext));
  if (grant?.items.length !== opening.itemCount)
    throw new OmlError('CODE_BOOK_INVALID', 'The publisher did not grant the probes of this batch.');
  grant.items.forEach((item, i) => checkItem(item, i, batch));
  return { items: grant.items, decoys: grant.decoys };
}

/** The sealed bytes that a publisher answers with. */
async function post(send: typeof fetch, url: string, body: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await send(url, init).catch((cause: unknown) => {
    throw new OmlError('UNAVAILABLE', 'The publisher of the model does not answer.', { retryable: true, cause });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfProblem(response.status, answer, { who: 'The publisher' });
  const { data } = sealedGrantSchema.safeParse(answer);
  if (!data) throw new OmlError('CODE_BOOK_INVALID', 'The publisher did not grant the probes of this batch.');
  return fromBase64(data.sealed);
}

/**
 * A publisher must not steer what is asked: every item is the drawn key, in the committed code book, and asks exactly
 * that.
 */
function checkItem({ i, body, leaf, proof, answer }: ProbeItem, at: number, batch: DrawnBatch): void {
  const { beacon, batchId, model } = batch;
  const fits =
    i === at &&
    leaf.bits === model.bits &&
    leaf.index === keyIndexAt(beacon, batchId, at, model.commonSize) &&
    queryHashOf(body) === leaf.keyHash &&
    answer === leaf.candidates[answerIndex({ root: model.codeBookRoot, beacon: model.beacon }, leaf)] &&
    standsUnder(model.codeBookRoot, leafHash(leaf), proof);
  if (!fits)
    throw new OmlError(
      'CODE_BOOK_INVALID',
      `Probe ${at} is not the key that the beacon drew from the committed code book.`,
    );
}
