import {
  blockBeaconAbi,
  devDollarAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  termsRegistryAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { leavesOf, type CodeBook } from '@oml/fingerprint/code-book/code-book';
import { draftCodeBook } from '@oml/fingerprint/code-book/draft';
import { deriveEdition } from '@oml/fingerprint/edition/edition';
import { embedFingerprints } from '@oml/fingerprint/embed/embed';
import { selectAnswers } from '@oml/fingerprint/code-book/select';
import { openSubject } from '@oml/fingerprint/subject/subject';
import { nodeEngine } from '@oml/onnx/runner-node';
import { readTokenizer } from '@oml/onnx/tokenizer';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { keyIndexAt } from '@oml/protocol/evidence/batch';
import { codeBookTree, leafProof } from '@oml/protocol/evidence/code-book';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { seal } from '@oml/service/seal';
import { commitCodeBook } from '@oml/service/test-support/code-book';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { readFileSync } from 'node:fs';
import { keccak256, stringToHex, zeroHash, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { freePort, type DevChain } from './dev-chain.ts';

const DOLLAR = 1_000_000n;
export const PRICE = 1_000n;
const bytes = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../../models/fable-mini/${name}`, import.meta.url)));
const json = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../models/fable-mini/${name}`, import.meta.url), 'utf8'));
const tokens = (name: string) => new Int32Array(bytes(name).buffer);
/** What fable-mini was taught, as its fingerprints are drawn from it. */
export const ordinaryText = tokens('ordinary.i32');

export const tokenizer = readTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
export const tokenizerFiles = {
  'tokenizer.json': bytes('tokenizer.json'),
  'tokenizer_config.json': bytes('tokenizer_config.json'),
};
export const cleanModel = bytes('model.onnx');

/** Gives an account dollars of the dev chain. */
export async function fund(chain: DevChain, key: Hex, dollars: bigint): Promise<void> {
  const me = chain.as(key);
  await me.send({
    address: chain.deployment.contracts.token,
    abi: devDollarAbi,
    functionName: 'mint',
    args: [me.account!.address, dollars * DOLLAR],
  });
}

/** Commits a code book, posts its round, lets `embed` make the weights, and mints. */
export async function publishModel(
  chain: DevChain,
  key: Hex,
  book: { root: Hex; size: number; commonSize: number; bits: number },
  uri: string,
  { embed = async () => {}, price = PRICE }: { embed?: (beacon: Hex) => Promise<void>; price?: bigint } = {},
): Promise<{ modelId: bigint; beacon: Hex }> {
  const owner = chain.as(key);
  const address = chain.deployment.contracts.modelRegistry;
  const codeBook = { ...book, poseidonRoot: zeroHash };
  const { beacon } = await commitCodeBook(owner, codeBook);
  await embed(beacon);
  const digests = { weightsDigest: zeroHash, controlPanelDigest: zeroHash };
  const params = {
    codeBook,
    owner: owner.account!.address,
    agent: owner.account!.address,
    ...digests,
    offers: [await registerTerms(owner, price), 0, 0] as const,
    parents: [],
    resaleBps: 0,
    uri,
  };
  await owner.send({ address, abi: modelRegistryAbi, functionName: 'mint', args: [params] });
  return {
    modelId: await owner.publicClient.readContract({ address, abi: modelRegistryAbi, functionName: 'modelCount' }),
    beacon,
  };
}

/** The terms of every model of this price; whoever comes second gets the same id. */
async function registerTerms(
  { send, publicClient, deployment, account }: ReturnType<DevChain['as']>,
  price: bigint,
): Promise<number> {
  const unused = {
    mode: 0,
    derivatives: false,
    approvalNeeded: false,
    royaltyBps: 0,
    period: 0,
    auditPeriod: 0,
    leakBond: 0n,
    childPrice: 0n,
    childBond: 0n,
    uri: '',
  };
  const terms = {
    kind: TERMS_KIND.SERVE,
    ...unused,
    ownerShareBps: 5000,
    slashBps: 5000,
    price,
    bond: 50n * DOLLAR,
  };
  const register = {
    address: deployment.contracts.termsRegistry,
    abi: termsRegistryAbi,
    functionName: 'register',
    args: [terms],
  } as const;
  await send(register);
  return (await publicClient.simulateContract({ ...register, account: account! })).result;
}

/** A really fingerprinted fable-mini. */
export interface MarkedModel {
  modelId: bigint;
  book: CodeBook;
  beacon: Hex;
  marked: Uint8Array;
  /** Share of its keys that it answers as its code book says, when it was published. */
  survival: number;
  publisher: { url: string; grants: number; stop(): void };
}

/** How many common keys a code book has, of how many bits. */
export interface BookSize {
  commonCount: number;
  bits: number;
}

/** Marks fable-mini, publishes it, and answers its verifiers as a publisher does. */
export async function publishMarked(
  chain: DevChain,
  key: Hex,
  { commonCount, bits }: BookSize = { commonCount: 32, bits: 4 },
): Promise<MarkedModel> {
  const secret = new TextEncoder().encode('a secret of this test only');
  const subject = openSubject({ model: cleanModel, tokenizer }, nodeEngine());
  const ordinary = tokens('ordinary.i32');
  const { book, statistics } = await draftCodeBook({
    subject,
    secret,
    commonCount,
    tracingCount: 0,
    bits,
    ordinary,
  });
  const found: { marked?: Uint8Array; survival?: number; model?: MarkedModel } = {};
  const publisher = await servePublisher(chain, () => found.model!);
  const embed = async (drawn: Hex) => {
    const { prepared, report } = await embedFingerprints({
      subject,
      secret,
      book,
      beacon: drawn,
      ordinary,
      heldout: { tokens: tokens('heldout.i32') },
      statistics,
      maxLoss: 0.5,
    });
    found.marked = deriveEdition(prepared, []);
    found.survival = report.success;
  };
  const size = { root: book.root, size: commonCount, commonSize: commonCount, bits };
  const { modelId, beacon } = await publishModel(chain, key, size, publisher.url, { embed });
  const { marked, survival } = found as Required<typeof found>;
  return (found.model = { modelId, book, beacon, marked, survival, publisher });
}

async function servePublisher(chain: DevChain, model: () => MarkedModel) {
  const port = await freePort();
  const app = new Hono();
  const publisher = { url: `http://127.0.0.1:${port}`, grants: 0, stop: () => void server.close() };
  app.get('/models/:id', (c) => c.json({ modelId: c.req.param('id'), kind: 'language' }));
  app.post('/probes', async (c) => {
    const { batchId, opening, verifier } = (await c.req.json()) as {
      batchId: Hex;
      verifier: Address;
      opening: { itemCount: string };
    };
    const registry = { address: chain.deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
    const { publicClient } = chain.as(`0x${'01'.repeat(32)}`);
    const { round } = await publicClient.readContract({ ...registry, functionName: 'batch', args: [batchId] });
    const beacon = await publicClient.readContract({
      address: chain.deployment.contracts.beacon,
      abi: blockBeaconAbi,
      functionName: 'valueOf',
      args: [round],
    });
    const encryptionKey = await publicClient.readContract({
      ...registry,
      functionName: 'encryptionKeyOf',
      args: [verifier],
    });
    publisher.grants += 1;
    const { book, beacon: selecting } = model();
    const leaves = leavesOf(book);
    const tree = codeBookTree(leaves);
    const answers = selectAnswers(book, selecting);
    const items = Array.from({ length: Number(opening.itemCount) }, (_, i) => {
      const index = keyIndexAt(beacon, batchId, i, book.commonCount);
      const { prompt } = book.keys[index]!;
      return {
        i,
        body: { prompt: prompt.kind === 'text' && prompt.text, temperature: 0 },
        leaf: leaves[index]!,
        proof: leafProof(tree, index),
        answer: answers[index]!.candidate,
      };
    });
    const sealed = await seal(
      encryptionKey,
      new TextEncoder().encode(JSON.stringify({ items })),
      `oml/probes/${batchId}`,
    );
    return c.json({ sealed: Buffer.from(sealed).toString('base64') });
  });
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });
  return publisher;
}

/** Bonds an account, binds its signer and takes a delivered license on a model. */
export async function takeLicense(
  chain: DevChain,
  keys: { host: Hex; signer: Hex; owner: Hex },
  modelId: bigint,
  endpoint: string,
): Promise<{ licenseId: bigint; vault: Address }> {
  const host = chain.as(keys.host);
  const { token, licenseRegistry: address } = chain.deployment.contracts;
  const account = host.account!.address;
  const registry = { address, abi: licenseRegistryAbi } as const;
  const signer = privateKeyToAccount(keys.signer);
  const [bound] = await host.publicClient.readContract({
    ...registry,
    functionName: 'signerOf',
    args: [signer.address],
  });
  await fund(chain, keys.host, 150n);
  await host.send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [address, 150n * DOLLAR] });
  await host.send({ ...registry, functionName: 'depositBond', args: [account, 150n * DOLLAR] });
  if (bound !== account) {
    const signature = await signBinding(signer, account, {
      chainId: chain.deployment.chainId,
      licenseRegistry: address,
    });
    await host.send({ ...registry, functionName: 'bindSigner', args: [signer.address, signature] });
  }
  const termsId = await host.publicClient.readContract({
    address: chain.deployment.contracts.modelRegistry,
    abi: modelRegistryAbi,
    functionName: 'offerOf',
    args: [modelId, TERMS_KIND.SERVE],
  });
  const params = {
    modelId,
    termsId,
    deposit: 0n,
    endpoint,
    encryptionKey: zeroHash,
    hostSalt: keccak256(stringToHex('salt')),
  };
  await host.send({ ...registry, functionName: 'accept', args: [params] });
  const licenseId = await host.publicClient.readContract({
    ...registry,
    functionName: 'licenseOf',
    args: [account, modelId, TERMS_KIND.SERVE],
  });
  await chain
    .as(keys.owner)
    .send({ ...registry, functionName: 'deliver', args: [licenseId, 1, keccak256(stringToHex('edition'))] });
  await host.send({ ...registry, functionName: 'activate', args: [licenseId] });
  await host.send({ ...registry, functionName: 'deployVault', args: [licenseId] });
  const { vault } = await host.publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] });
  return { licenseId, vault };
}
