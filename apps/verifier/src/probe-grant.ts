import { queryHashOf } from '@oml/sdk/asked';
import { OmlError } from '@oml/protocol/error';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { keyIndexAt, type BatchOpening } from '@oml/protocol/evidence/batch';
import { leafHash, type Leaf } from '@oml/protocol/evidence/code-book';
import { omlDomain } from '@oml/protocol/signed/domain';
import { bytes32 } from '@oml/protocol/wire/scalars';
import type { Chain } from '@oml/service/chain';
import { openSealed, type SealingKeyPair } from '@oml/service/seal';
import { concatHex, keccak256, type Hex } from 'viem';
import { z } from 'zod';

const grantSchema = z.object({
  items: z.array(
    z.object({
      i: z.number().int().min(0),
      body: z.record(z.string(), z.unknown()),
      leaf: z.object({
        index: z.number().int().min(0),
        keyHash: bytes32,
        candidates: z.array(bytes32),
        bits: z.number().int().min(1).max(6),
        salt: bytes32,
      }),
      proof: z.array(bytes32),
      answer: bytes32,
    }),
  ),
});
export type GrantedItem = z.output<typeof grantSchema>['items'][number];

/** What the chain says that the items must fit. */
export interface DrawnBatch {
  batchId: Hex;
  opening: BatchOpening;
  beacon: Hex;
  model: { codeBookRoot: Hex; beacon: Hex; commonSize: number; bits: number; uri: string };
}

const TIMEOUT_MS = 30_000;
const PROBE_REQUEST = { ProbeRequest: [{ name: 'batchId', type: 'bytes32' }] } as const;

/**
 * Asks a model's publisher for the probes of a drawn batch and checks every one. Throws UNAVAILABLE, what the publisher
 * answers, CODE_BOOK_INVALID.
 */
export async function requestProbes(chain: Chain, sealing: SealingKeyPair, batch: DrawnBatch): Promise<GrantedItem[]> {
  const { batchId, opening } = batch;
  const account = chain.account!;
  const { chainId, contracts } = chain.deployment;
  const signature = await account.signTypedData({
    domain: omlDomain(chainId, contracts.verifierRegistry),
    types: PROBE_REQUEST,
    primaryType: 'ProbeRequest',
    message: { batchId },
  });
  const wire = { ...opening, modelId: String(opening.modelId), itemCount: String(opening.itemCount) };
  const answer = await post(`${batch.model.uri}/probes`, {
    verifier: account.address,
    batchId,
    opening: wire,
    signature,
  });
  const plaintext = await openSealed(
    sealing,
    new Uint8Array(Buffer.from(String(answer['sealed']), 'base64')),
    `oml/probes/${batchId}`,
  );
  const parsed = grantSchema.safeParse(JSON.parse(new TextDecoder().decode(plaintext)));
  if (!parsed.success || parsed.data.items.length !== opening.itemCount)
    throw new OmlError('CODE_BOOK_INVALID', 'The publisher did not grant the probes of this batch.');
  parsed.data.items.forEach((item, i) => checkItem(item, i, batch));
  return parsed.data.items;
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new OmlError('UNAVAILABLE', 'The publisher of the model does not answer.', { retryable: true, cause });
  });
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return answer;
  throw new OmlError(
    (answer['code'] as OmlError['code']) ?? 'UNAVAILABLE',
    String(answer['detail'] ?? `The publisher answered ${response.status}.`),
    { retryable: response.status >= 500 || answer['retryable'] === true },
  );
}

/**
 * A publisher must not steer what is asked: every item is the drawn key, in the committed code book, and asks exactly
 * that.
 */
function checkItem(
  { i, body, leaf, proof, answer }: GrantedItem,
  at: number,
  { beacon, batchId, model }: DrawnBatch,
): void {
  const fits =
    i === at &&
    leaf.bits === model.bits &&
    leaf.index === keyIndexAt(beacon, batchId, at, model.commonSize) &&
    queryHashOf(body) === leaf.keyHash &&
    answer === leaf.candidates[answerIndex(model.beacon, leaf.salt, leaf.keyHash, leaf.bits)] &&
    rootFrom(leafHash(leaf as Leaf), proof as Hex[]) === model.codeBookRoot;
  if (!fits)
    throw new OmlError(
      'CODE_BOOK_INVALID',
      `Probe ${at} is not the key that the beacon drew from the committed code book.`,
    );
}

/** Root that a Merkle proof leads to: pairs are hashed in sorted order, as OpenZeppelin's contracts do. */
const rootFrom = (leaf: Hex, proof: readonly Hex[]): Hex =>
  proof.reduce((hash, other) => keccak256(concatHex(hash < other ? [hash, other] : [other, hash])), leaf);
