import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, KEYS, OUTSIDER } from '../test-support/actors.ts';
import {
  PATIENCE_MS,
  SEED,
  startPublisherOnChain,
  TERMS,
  type PublisherOnChain,
} from '../test-support/publisher-on-chain.ts';

const PRICE = 40_000n;
const ROYALTY_BPS = 2_000;

let parents: PublisherOnChain;
/** HOST owns the child, and OUTSIDER is its publisher's account. */
let children: PublisherOnChain;
let door: Server;
let parentId: bigint;
let folder: string;

beforeAll(async () => {
  door = createServer(async ({ url }, response) => {
    const answer = await parents.publisher.app.request(url!);
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const PUBLIC_URL = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  parents = await startPublisherOnChain({ options: { PUBLIC_URL } });
  const { chain } = parents;
  const DATA_DIR = join(chain.scratch, 'child-publisher');
  const options = { DATA_DIR, AGENT_KEY: KEYS.OUTSIDER, OWNERS: HOST.address, OWNER_SECRET: `0x${'43'.repeat(32)}` };
  children = await startPublisherOnChain({ chain, options });
  folder = join(chain.scratch, 'edition');
  const { token } = chain.deployment.contracts;
  const funds = { address: token, abi: devDollarAbi, functionName: 'mint', args: [OUTSIDER.address, 1_000_000n] };
  await chain.as(KEYS.OUTSIDER).send(funds);
  const derive = { price: String(PRICE), royaltyBps: ROYALTY_BPS };
  parents.publisher.start();
  const order = { ...(await parents.request()), terms: { ...TERMS, derive } };
  parentId = BigInt((await parents.ready(await parents.order(order))).modelId!);
  children.publisher.start();
}, PATIENCE_MS);
afterAll(async () => {
  door?.close();
  await children?.stop();
  await parents?.stop();
});

async function derive(bounds: readonly string[]): Promise<{ licenseId: string; editionRoot: Hex }> {
  const { rpcUrl, deploymentPath } = parents.chain;
  const keys = { AGENT_KEY: KEYS.OUTSIDER, SEALING_SEED: SEED };
  const env = { ...process.env, RPC_URL: rpcUrl, OML_DEPLOYMENT: deploymentPath, ...keys };
  const where = ['--model-id', String(parentId), '--dir', folder, '--json'];
  const command = join(import.meta.dirname, 'derive.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...where, ...bounds], { env });
  return JSON.parse(stdout) as { licenseId: string; editionRoot: Hex };
}
const BOUNDS = ['--max-price', String(PRICE), '--max-royalty-bps', String(ROYALTY_BPS)];

async function childRequest(terms: Partial<PublishRequestJson['terms']> = {}): Promise<PublishRequestJson> {
  const request = await children.request(HOST);
  const model = await children.upload(new Uint8Array(readFileSync(join(folder, 'model.onnx'))), HOST);
  return {
    ...request,
    name: 'a child of digits',
    files: { ...request.files, model },
    panel: [],
    terms: { ...TERMS, ...terms },
    parents: [String(parentId)],
    owner: HOST.address,
  };
}
const refusal = async (body: PublishRequestJson) => {
  const answer = await children.post(body, HOST);
  return { status: answer.status, ...((await answer.json()) as { code: string; detail: string }) };
};
const read = <const Name extends 'parents' | 'royaltyOf' | 'ownerOf' | 'model'>(
  functionName: Name,
  args: readonly bigint[],
) =>
  parents.chain.as(KEYS.OUTSIDER).publicClient.readContract({
    address: parents.chain.deployment.contracts.modelRegistry,
    abi: modelRegistryAbi,
    functionName,
    args: args as never,
  });

describe('building on a model', { timeout: PATIENCE_MS }, () => {
  it('takes no dearer right than it is told to, and pays nothing for one that it refuses', async () => {
    const price = derive(['--max-price', String(PRICE - 1n), '--max-royalty-bps', '10000']);
    await expect(price).rejects.toMatchObject({ stderr: expect.stringMatching(/REQUEST_INVALID.*--max-price/) });
    const royalty = derive(['--max-price', String(PRICE), '--max-royalty-bps', String(ROYALTY_BPS - 1)]);
    await expect(royalty).rejects.toMatchObject({ stderr: expect.stringMatching(/REQUEST_INVALID.*2000 bps/) });
    const { licenseRegistry } = parents.chain.deployment.contracts;
    expect(await parents.events(licenseRegistryAbi, licenseRegistry, 'LicenseAccepted')).toHaveLength(0);
  });

  it('is refused without a license, before anything is spent', async () => {
    const body = { ...(await children.request(HOST)), parents: [String(parentId)], owner: HOST.address };
    expect(await refusal(body)).toMatchObject({ code: 'LICENSE_NOT_ACTIVE', detail: expect.stringMatching(/derive/) });
    expect(await refusal({ ...body, parents: ['99'] })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('begins with an edition of its own, opened and checked, and a license that is active; once', async () => {
    const { licenseId, editionRoot } = await derive(BOUNDS);
    expect(await weightsDigest(readModel(new Uint8Array(readFileSync(join(folder, 'model.onnx')))))).toBe(editionRoot);
    const { licenseRegistry } = parents.chain.deployment.contracts;
    const license = await parents.chain.as(KEYS.OUTSIDER).publicClient.readContract({
      address: licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'license',
      args: [BigInt(licenseId)],
    });
    expect(license).toMatchObject({ state: LICENSE_STATE.ACTIVE, account: OUTSIDER.address, editionRoot });
    expect(await derive(BOUNDS)).toMatchObject({ licenseId });
    expect(await parents.events(licenseRegistryAbi, licenseRegistry, 'LicenseAccepted')).toHaveLength(1);
  });

  it('is refused on laxer terms than the parent’s', async () => {
    const lax = await childRequest({ floorPrice: String(BigInt(TERMS.floorPrice) - 1n) });
    expect(await refusal(lax)).toMatchObject({ code: 'REQUEST_INVALID', detail: expect.stringMatching(/at least/) });
  });

  it('mints a child that owes its parent the royalty for good', async () => {
    const answer = await children.post(await childRequest(), HOST);
    expect(answer.status).toBe(202);
    const { publicationId } = (await answer.json()) as { publicationId: string };
    const childId = BigInt((await children.ready(publicationId)).modelId!);
    expect(await read('parents', [childId])).toEqual([parentId]);
    expect(await read('royaltyOf', [childId, parentId])).toBe(ROYALTY_BPS);
    expect(await read('ownerOf', [childId])).toBe(HOST.address);
    expect(await read('model', [childId])).toMatchObject({ agent: OUTSIDER.address });
  });

  it('needs no license where both models are one owner’s', async () => {
    const order = { ...(await parents.request()), name: 'another digits', parents: [String(parentId)] };
    const childId = BigInt((await parents.ready(await parents.order(order))).modelId!);
    expect(await read('parents', [childId])).toEqual([parentId]);
    expect(await read('royaltyOf', [childId, parentId])).toBe(0);
  });
});
