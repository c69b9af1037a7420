import { blamesAbi, devDollarAbi } from '@oml/contracts/abis';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { queryHashOf } from '@oml/protocol/evidence/query';
import { receiptDigest } from '@oml/protocol/signed/receipt';
import {
  blamedEditionInfo,
  blamedEditionPath,
  blamedHitsInfo,
  blamedHitsPath,
  blamedHitsSchema,
  blameEvidenceSchema,
} from '@oml/protocol/wire/blame-evidence';
import { readInline } from '@oml/protocol/wire/report-evidence';
import { filedBlame } from '@oml/service/blames';
import { openSealed } from '@oml/service/seal';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keccak256, sha256, stringToBytes, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hear, openBlameScene, seat, type BlameScene } from '../../test-support/blame-scene.ts';
import { BUYER, HOST, KEYS, OUTSIDER, waitFor } from '../../test-support/chain-fixture.ts';
import { CLAIMANT, claimState } from '../../test-support/claims.ts';
import { claimDisguise } from '../../test-support/disguise.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { openGatewayStore, type GatewayStore } from '../store.ts';
import { findDisguise, findLook } from './disguises.ts';
import { fileBlame } from './file-blame.ts';

const run = promisify(execFile);
const DEPOSIT = 3_000_000n;
let scene: BlameScene;
let settings: Record<string, string>;
let gateway: RunningGateway;
let store: GatewayStore;

beforeAll(async () => {
  scene = await openBlameScene();
  settings = gatewayEnv(scene.chain, [...scene.baits, scene.cheat], { CREDIT_STRANGERS: 'true', HOST_KEY: KEYS.HOST });
  gateway = await startGateway(settings);
  store = await openGatewayStore(join(settings['DATA_DIR']!, 'gateway.sqlite'));
});
afterAll(async () => {
  await gateway?.stop();
  await store?.close();
  await scene?.stop();
});

const restart = async (extra: Record<string, string>) => {
  await gateway.stop();
  gateway = await startGateway({ ...settings, ...extra }, { loops: true });
};
const command = (...flags: string[]) =>
  run('node', ['src/blame.ts', ...flags], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, ...settings, LOG_LEVEL: 'silent' },
  });
const show = (path: string) => fetch(`${gateway.url}/v1/blames/${path}`);
const refusal = async (path: string) => {
  const response = await show(path);
  return [response.status, ((await response.json()) as { code: string }).code];
};
const eventsOf = async (account: Address) => {
  const { publicClient, deployment } = scene.chain.as(KEYS.HOST);
  const approvals = await publicClient.getContractEvents({
    address: deployment.contracts.token,
    abi: devDollarAbi,
    eventName: 'Approval',
    args: { owner: account, spender: deployment.contracts.blames },
    fromBlock: 0n,
  });
  const filed = await publicClient.getContractEvents({
    address: deployment.contracts.blames,
    abi: blamesAbi,
    eventName: 'BlameFiled',
    fromBlock: 0n,
  });
  return { approvals: approvals.length, filed: filed.length };
};

describe('a host whose edition answers the keys by itself', () => {
  let claimId: Hex;
  const claim = async (index: number, overtaken: number[] = []) => {
    const served = scene.baits[index]!;
    const number = 1 + index;
    ({ claimId } = await claimDisguise({ ...scene, url: gateway.url, served, number, overtaken }));
  };

  it('is told which hit is not booked, and has it booked first', async () => {
    await claim(0, [1]);
    const { code, stderr } = await command('--claim', claimId, '--dry-run').catch((error) => error);
    expect(code).toBe(1);
    expect(stderr).toMatch(/CONFLICT: No blame: 1 hits are not booked, the first by npm run shortfall/);
    await restart({});
    await waitFor(async () => {
      const { stdout } = await command('--claim', claimId, '--dry-run', '--json');
      expect(JSON.parse(stdout)).toEqual({ claimId, hits: 2, repeated: 2, deposit: String(DEPOSIT) });
      return true;
    });
    expect((await eventsOf(HOST.address)).filed).toBe(0);
  });

  it('files once, also where it was killed between approval and blame', async () => {
    await expect(command('--claim', claimId, '--most', String(DEPOSIT - 1n))).rejects.toMatchObject({ code: 1 });
    const chain = scene.chain.as(KEYS.HOST);
    const killed = {
      ...chain,
      send: async (...call: Parameters<typeof chain.send>) => {
        if (call[0].functionName === 'blame') throw new Error('killed');
        return chain.send(...call);
      },
    };
    const disguise = (await findDisguise(store, claimId))!;
    const filing = { chain: killed, publicUrl: settings['PUBLIC_URL']!, most: DEPOSIT };
    await expect(fileBlame(filing, disguise, [])).rejects.toThrow('killed');
    expect(await eventsOf(HOST.address)).toEqual({ approvals: 1, filed: 0 });

    const { stdout } = await command('--claim', claimId, '--most', String(DEPOSIT));
    expect(stdout).toMatch(/^Filed: the editions repeat 2 of 2 hits; the deposit is 3.00. Blame 1, /);
    expect((await command('--claim', claimId, '--most', String(DEPOSIT))).stdout).toMatch(/^It is filed already/);
    expect(await eventsOf(HOST.address)).toEqual({ approvals: 1, filed: 1 });
    expect(await claimState(scene.chain, claimId)).toBe(CLAIM_STATE.BLAMED);
  });

  it('shows jurors what only they can open, and nobody else', async () => {
    const { licenseId } = scene.baits[0]!;
    const chain = scene.chain.as(KEYS.OUTSIDER);
    const { publicClient, deployment } = chain;
    const hitsFor = (juror: Address) => claimId + blamedHitsPath(juror);
    expect(await refusal(hitsFor(OUTSIDER.address))).toEqual([403, 'NOT_SEATED']);
    const committeeId = await seat(scene.chain, claimId);
    await waitFor(async () => (await show(hitsFor(OUTSIDER.address))).ok);

    const [evidence] = await publicClient.getContractEvents({
      address: deployment.contracts.blames,
      abi: blamesAbi,
      eventName: 'BlameEvidence',
      args: { by: HOST.address },
      fromBlock: 0n,
      strict: true,
    });
    const text = readInline(evidence!.args.evidenceUri)!;
    expect(keccak256(stringToBytes(text))).toBe(evidence!.args.evidenceHash);
    expect(blameEvidenceSchema.parse(JSON.parse(text)).url).toBe(`${settings['PUBLIC_URL']}/v1/blames/${claimId}`);

    const bytesAt = async (path: string) => new Uint8Array(await (await show(claimId + path)).arrayBuffer());
    const fetched = async (path: string, info: string) => {
      const sealed = await bytesAt(path);
      // Sealed once: a second time would be other bytes.
      expect(Buffer.from(await bytesAt(path)).equals(sealed)).toBe(true);
      return openSealed(scene.jurorKeys, sealed, info);
    };
    const json = new TextDecoder().decode(await fetched(blamedHitsPath(OUTSIDER.address), blamedHitsInfo(claimId)));
    const hits = blamedHitsSchema.parse(JSON.parse(json));
    const adjudicator = { chainId: deployment.chainId, court: deployment.contracts.claimCourt };
    expect(hits.map(({ receipt }) => receiptDigest(receipt, adjudicator))).toEqual(
      (await findDisguise(store, claimId))!.digests,
    );
    for (const { receipt, body } of hits) expect(queryHashOf('language', body)).toBe(receipt.queryHash);
    const path = blamedEditionPath(licenseId, OUTSIDER.address);
    const edition = await fetched(path, blamedEditionInfo(claimId, licenseId));
    expect(sha256(edition)).toBe(
      await publicClient.readContract({
        address: deployment.contracts.blames,
        abi: blamesAbi,
        functionName: 'fileDigestOf',
        args: [licenseId, 1],
      }),
    );

    for (const nobody of [CLAIMANT.address, BUYER.address]) {
      expect(await refusal(hitsFor(nobody))).toEqual([403, 'NOT_SEATED']);
      expect(await refusal(claimId + blamedEditionPath(licenseId, nobody))).toEqual([403, 'NOT_SEATED']);
    }
    const other = blamedEditionPath(scene.cheat.licenseId, OUTSIDER.address);
    expect(await refusal(claimId + other)).toEqual([404, 'NOT_FOUND']);
    expect(await refusal(`0x${'11'.repeat(32)}${blamedHitsPath(OUTSIDER.address)}`)).toEqual([404, 'NOT_FOUND']);
    expect(await refusal(`${claimId}/hits/nobody`)).toEqual([400, 'REQUEST_INVALID']);
    await hear(scene.chain, committeeId);
  });

  it('sees it to its end: the claim is excused, the rest of the deposit is back, what was sealed is gone', async () => {
    expect(existsSync(join(settings['DATA_DIR']!, 'blames', claimId))).toBe(true);
    await waitFor(async () => (await findDisguise(store, claimId))!.endedAt !== undefined);
    expect(await claimState(scene.chain, claimId)).toBe(CLAIM_STATE.EXCUSED);
    expect(existsSync(join(settings['DATA_DIR']!, 'blames', claimId))).toBe(false);
    expect(await refusal(claimId + blamedHitsPath(OUTSIDER.address))).toEqual([404, 'NOT_FOUND']);
    const { publicClient, deployment } = scene.chain.as(KEYS.HOST);
    const blames = { address: deployment.contracts.blames, abi: blamesAbi } as const;
    expect(await publicClient.readContract({ ...blames, functionName: 'owed', args: [HOST.address] })).toBe(0n);
  });

  it('blames by itself up to its limit, with the key of its signer', async () => {
    await restart({ BLAME_DEPOSIT_LIMIT: String(DEPOSIT) });
    await claim(1);
    await waitFor(async () => (await claimState(scene.chain, claimId)) === CLAIM_STATE.BLAMED);
    const filed = (await filedBlame(scene.chain.as(KEYS.HOST), claimId))!;
    expect(filed.licenseIds).toEqual([scene.baits[1]!.licenseId]);
    expect(filed.hits).toEqual([2n]);
  });
});

describe('a host that served another model than it was delivered', () => {
  it('is told that its edition does not bear it out, and files nothing', async () => {
    const { claimId } = await claimDisguise({ ...scene, url: gateway.url, served: scene.cheat, number: 9 });
    const refused = await command('--claim', claimId, '--most', String(DEPOSIT)).catch((error) => error);
    expect(refused.stderr).toContain('the editions that were delivered repeat 0 of 2 hits, less than half');
    await waitFor(async () => (await findLook(store, claimId)) !== undefined);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(await claimState(scene.chain, claimId)).toBe(CLAIM_STATE.CONTESTED);
    expect(await filedBlame(scene.chain.as(KEYS.HOST), claimId)).toBeUndefined();
  });
});
