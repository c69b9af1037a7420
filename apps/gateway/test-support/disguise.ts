import { claimCourtAbi, devDollarAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { batchId as idOf, keyIndexAt, openingHash, pairsTree, type BatchOpening } from '@oml/protocol/evidence/batch';
import { packCandidates } from '@oml/protocol/evidence/candidate';
import { claimCommitment, disguisedUseHash } from '@oml/protocol/evidence/claim';
import { leafProof, type Leaf } from '@oml/protocol/evidence/code-book';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { receiptDigest, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { HEADERS } from '@oml/protocol/wire/headers';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import { connectBeacon } from '@oml/service/beacon';
import { until } from '@oml/service/wait';
import { maxUint256, pad, toHex, zeroHash, type Hex } from 'viem';
import { BUYER, HOST, KEYS, waitFor, type TestChain } from './chain-fixture.ts';
import { CLAIMANT } from './claims.ts';
import { giveDollars } from './host-fixture.ts';
import type { LuckyModel } from './lucky-book.ts';
import { completionAt } from './scene.ts';
import { broadcast } from './strangers.ts';
import { payFor, post } from './x402-fixture.ts';

const MILLION = 1_000_000n;
const word = (n: number): Hex => pad(toHex(n), { size: 32 });

/** A verifier with a stake, a sealing key and tickets. */
export async function stake(chain: TestChain, key: Hex, amount: bigint, encryptionKey: Hex, tickets = 0) {
  const { send, deployment, account } = chain.as(key);
  const { token, verifierRegistry } = deployment.contracts;
  const registry = { address: verifierRegistry, abi: verifierRegistryAbi } as const;
  await giveDollars(chain, account!.address);
  const approval = { address: token, abi: devDollarAbi, functionName: 'approve', args: [verifierRegistry, maxUint256] };
  await send(approval);
  await send({ ...registry, functionName: 'stake', args: [amount, encryptionKey] });
  if (tickets > 0) await send({ ...registry, functionName: 'enrol', args: [tickets] });
}

export interface Disguising {
  chain: TestChain;
  url: string;
  /** Whose fingerprints are asked. */
  claimed: LuckyModel;
  /** What the host serves under which license. */
  served: { model: string; licenseId: bigint };
  /** Of the batch; another for each. */
  number: number;
  /** Its items whose payment a stranger broadcasts before the gateway. */
  overtaken?: readonly number[];
}

interface Asked {
  leaf: Leaf;
  nonceSalt: Hex;
  signed: SignedReceipt;
}

/** CLAIMANT commits a batch, asks its drawn keys at the gateway, which BUYER pays for, and proves the claim. */
export async function claimDisguise(disguising: Disguising): Promise<{ claimId: Hex; asked: Asked[] }> {
  const { chain, claimed, served, number } = disguising;
  const salts = claimed.leaves.map((_, i) => word(number * 0x100 + i));
  const pairs = pairsTree(
    salts.map((salt) => ({ client: BUYER.address, requestNonce: requestNonce(CLAIMANT.address, salt) })),
  );
  const batch: BatchOpening = {
    account: HOST.address,
    modelId: claimed.modelId,
    release: 1,
    licenseIds: [served.licenseId],
    itemCount: salts.length,
    pairsRoot: pairs.root as Hex,
    salt: word(number),
  };
  const claimId = idOf(CLAIMANT.address, batch);
  const beacon = await draw(chain, batch, claimId);
  const asked: Asked[] = [];
  for (const [i, nonceSalt] of salts.entries()) {
    const leaf = claimed.leaves[keyIndexAt(beacon, claimId, i, claimed.leaves.length)]!;
    asked.push({ leaf, nonceSalt, signed: await ask(disguising, i, claimed.prompts[leaf.index]!, nonceSalt) });
  }
  await prove(chain, { claimId, batch, pairs, claimed, asked });
  return { claimId, asked };
}

async function draw(chain: TestChain, batch: BatchOpening, batchId: Hex): Promise<Hex> {
  const { send, publicClient, deployment } = chain.as(KEYS.CLAIMANT);
  const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
  await send({ ...registry, functionName: 'commitBatch', args: [openingHash(batch)] });
  const { round } = await publicClient.readContract({ ...registry, functionName: 'batch', args: [batchId] });
  const beacon = connectBeacon({ chain: chain.as(KEYS.CLAIMANT), chainHash: zeroHash });
  return (await until('the beacon', () => beacon.valueOf(round))).value;
}

async function ask({ chain, url, served, overtaken }: Disguising, i: number, prompt: string, salt: Hex) {
  const headers = { [HEADERS.requestNonce]: requestNonce(CLAIMANT.address, salt) };
  const call = completionAt(url, { model: served.model, prompt, max_tokens: 12 }, headers);
  const payment = await payFor(chain, call);
  if (overtaken?.includes(i)) await broadcast(chain, payment);
  const response = await post(call, payment);
  if (!response.ok) throw new Error(await response.text());
  return receiptFromJson(((await response.json()) as { oml: unknown }).oml);
}

interface Proving {
  claimId: Hex;
  batch: BatchOpening;
  pairs: ReturnType<typeof pairsTree>;
  claimed: LuckyModel;
  asked: readonly Asked[];
}

async function prove(chain: TestChain, { claimId, batch, pairs, claimed, asked }: Proving): Promise<void> {
  const { send, publicClient, deployment } = chain.as(KEYS.CLAIMANT);
  const { claimCourt, token } = deployment.contracts;
  const court = { address: claimCourt, abi: claimCourtAbi } as const;
  const adjudicator = { chainId: deployment.chainId, court: claimCourt };
  const digests = asked.map(({ signed }) => receiptDigest(signed.receipt, adjudicator));
  const anchors = anchorTree(digests);
  await send({ ...court, functionName: 'anchor', args: [anchors.root as Hex] });
  const contentsHash = disguisedUseHash(claimId, asked.length);
  const commitment = claimCommitment({ ...adjudicator, claimant: CLAIMANT.address, contentsHash, salt: batch.salt });
  await send({ ...court, functionName: 'commitClaim', args: [commitment] });
  await send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [claimCourt, maxUint256] });
  await send({ ...court, functionName: 'deposit', args: [CLAIMANT.address, MILLION] });
  const youngest = asked.at(-1)!.signed.receipt.answeredAt;
  await waitFor(async () => (await publicClient.getBlock()).timestamp > youngest + 5n);
  await send({ ...court, functionName: 'revealDisguisedUse', args: [batch, asked.length, batch.salt] });
  const hits = asked.map(({ leaf, nonceSalt, signed }, i) => ({
    index: BigInt(i),
    evidence: {
      signed: { ...signed, anchorRoot: anchors.root as Hex, anchorProof: anchorProof(anchors, digests[i]!) },
      nonceSalt,
    },
    pairProof: pairs.getProof(i) as Hex[],
    leaf: {
      candidates: packCandidates(leaf.candidates),
      salt: leaf.salt,
      proof: leafProof(claimed.tree, leaf.index),
    },
  }));
  await send({ ...court, functionName: 'proveItems', args: [batch, BigInt(asked.length), hits] });
}
