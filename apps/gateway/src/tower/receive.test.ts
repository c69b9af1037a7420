import { licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { channelIdOf, signVoucher, type ChannelConfig } from '@oml/protocol/signed/channel';
import { signVoucherExport } from '@oml/protocol/signed/voucher-export';
import type { ExportedVoucherJson, VoucherExportReply } from '@oml/protocol/wire/voucher-export';
import { createLogger } from '@oml/service/logger';
import { serve } from '@hono/node-server';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, HOST, KEYS, OUTSIDER, SIGNER, waitFor } from '../../test-support/chain-fixture.ts';
import { channelClient, configOf, postVoucher, SESSION, voucherFor, voucherOf } from '../../test-support/channels.ts';
import {
  gatewayEnv,
  publishModel,
  startGateway,
  takeLicense,
  type RunningGateway,
} from '../../test-support/host-fixture.ts';
import { stored } from '../../test-support/launched.ts';
import { completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { createHandOver } from '../channel/hand-over.ts';
import { openGatewayStore } from '../store.ts';
import { towerOptions } from './options.ts';
import { createWatchtower, type Watchtower } from './tower.ts';

const TOWER = privateKeyToAccount(KEYS.CLAIMANT);
let scene: Scene;
let tower: Watchtower;
let dataDir: string;
/** What was posted to its webhook. */
const alerts: { code: string; isOn: boolean }[] = [];
let webhook: Server;
/** A license whose vault has named nobody. */
let unnamed: { licenseId: bigint; vault: `0x${string}` };

beforeAll(async () => {
  scene = await openScene();
  const { chain } = scene;
  unnamed = await takeLicense(chain, await publishModel(chain, 'other'));
  const host = chain.as(KEYS.HOST);
  await host.send({
    address: chain.deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'deployVault',
    args: [scene.listing.licenseId],
  });
  await host.send({
    address: scene.vault,
    abi: revenueVaultAbi,
    functionName: 'nameWatchtower',
    args: [TOWER.address, true],
  });
  webhook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => (alerts.push(JSON.parse(body) as (typeof alerts)[0]), response.end()));
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  dataDir = join(chain.scratch, 'tower');
  tower = await openTower(dataDir);
});
const logger = createLogger('watchtower');
logger.level = 'silent';
const openTower = (DATA_DIR: string) =>
  createWatchtower(
    towerOptions.parse({
      RPC_URL: scene.chain.rpcUrl,
      OML_DEPLOYMENT: scene.chain.deploymentPath,
      PORT: '0',
      DATA_DIR,
      TOWER_KEY: KEYS.CLAIMANT,
      WATCHED_HOSTS: HOST.address,
      WATCH_AFTER: '0',
      ALERT_WEBHOOK: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}`,
    }),
    logger,
  );
afterAll(async () => {
  await tower?.stop();
  webhook?.close();
  await scene?.chain.stop();
});

const domain = () => ({
  chainId: 31_337,
  batchSettlement: scene.chain.deployment.contracts.batchSettlement,
});

interface Wish {
  salt?: number;
  charged?: bigint;
  signed?: bigint;
  authorizer?: typeof SESSION;
  config?: Partial<ChannelConfig>;
  licenseId?: bigint;
}

/** A voucher as an honest host has it, but for what is wished. */
async function voucher(wish: Wish = {}): Promise<ExportedVoucherJson> {
  const { salt = 1, charged = 1_000n, signed = charged, authorizer = SESSION, licenseId } = wish;
  const config: ChannelConfig = {
    payer: BUYER.address,
    payerAuthorizer: SESSION.address,
    receiver: scene.vault,
    receiverAuthorizer: scene.vault,
    token: scene.chain.deployment.contracts.token,
    withdrawDelay: 172_800,
    salt: `0x${salt.toString(16).padStart(64, '0')}`,
    ...wish.config,
  };
  const channelId = channelIdOf(config, domain());
  return {
    licenseId: String(licenseId ?? scene.listing.licenseId),
    channelConfig: config,
    charged: String(charged),
    maxClaimableAmount: String(signed),
    signature: await signVoucher({ channelId, maxClaimableAmount: signed }, authorizer, domain()),
    since: Date.now(),
  };
}

interface Sent {
  account?: string;
  sentAt?: number;
  /** Signs in the host's place. */
  by?: typeof SIGNER;
  /** The tower that it is signed for. */
  to?: `0x${string}`;
}

async function handOver(vouchers: ExportedVoucherJson[], sent: Sent = {}): Promise<Response> {
  const { account = HOST.address, sentAt = Math.floor(Date.now() / 1_000), by = SIGNER, to = TOWER.address } = sent;
  const body = JSON.stringify({ account, sentAt, vouchers });
  const signature = await signVoucherExport({ tower: to, body }, by, domain());
  return post(body, signature);
}

const post = (body: string | Uint8Array<ArrayBuffer>, signature: string): Promise<Response> =>
  Promise.resolve(tower.app.request('/v1/vouchers', { method: 'POST', headers: { 'oml-signature': signature }, body }));

const replyOf = async (response: Response) => (await response.json()) as VoucherExportReply;
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const keptTotals = () =>
  stored<{ charged: string }>({ DATA_DIR: dataDir }, 'SELECT charged FROM channel', 'tower.sqlite').map(
    ({ charged }) => charged,
  );

describe('a watchtower', () => {
  it('takes nothing from who is not its host, and asks the chain nothing for it', async () => {
    const rows = [await voucher()];
    expect(await codeOf(await handOver(rows, { account: OUTSIDER.address, by: OUTSIDER }))).toBe('UNAUTHORIZED');
    expect(await codeOf(await handOver(rows, { by: OUTSIDER }))).toBe('UNAUTHORIZED');
    expect(await codeOf(await handOver(rows, { to: OUTSIDER.address }))).toBe('UNAUTHORIZED');
    const old = Math.floor(Date.now() / 1_000) - 200;
    expect(await codeOf(await handOver(rows, { sentAt: old }))).toBe('SIGNATURE_INVALID');
    expect(await codeOf(await post('{', '0x'))).toBe('REQUEST_INVALID');
    expect(await codeOf(await post(Uint8Array.of(0x22, 0xff, 0x22), '0x'))).toBe('REQUEST_INVALID');
    expect((await post('x'.repeat(300_000), '0x')).status).toBe(413);
    expect((await handOver(Array.from({ length: 201 }, () => rows[0]!))).status).toBe(400);
    expect((await handOver([])).status).toBe(400);
    expect(keptTotals()).toEqual([]);
  });

  it('looks up few of many keys that nobody knows, and always those of its hosts', async () => {
    const rows = [await voucher({ salt: 3, authorizer: OUTSIDER })];
    expect((await handOver(rows)).status).toBe(200);
    const strangers = Array.from({ length: 30 }, () => privateKeyToAccount(generatePrivateKey()));
    const codes = await Promise.all(strangers.map(async (by) => codeOf(await handOver(rows, { by }))));
    expect(codes.filter((code) => code === 'UNAUTHORIZED').length).toBeLessThanOrEqual(15);
    expect(codes).toContain('UNAVAILABLE');
    expect((await handOver(rows)).status).toBe(200);
  });

  it('keeps what it could collect, and says of all else why not', async () => {
    const bad = [
      await voucher({
        salt: 2,
        licenseId: unnamed.licenseId,
        config: { receiver: unnamed.vault, receiverAuthorizer: unnamed.vault },
      }),
      await voucher({ salt: 3, authorizer: OUTSIDER }),
      await voucher({ salt: 4, charged: 2_000n, signed: 1_999n }),
      await voucher({ salt: 5, charged: 0n }),
      await voucher({ salt: 6, config: { receiver: OUTSIDER.address } }),
      await voucher({ salt: 7, licenseId: 99n }),
      await voucher({ salt: 8, config: { withdrawDelay: 3_600 } }),
    ];
    const good = await voucher({ salt: 9 });
    const reply = await replyOf(await handOver([...bad, good]));
    expect(reply.kept).toEqual([channelIdOf(good.channelConfig as ChannelConfig, domain())]);
    expect(reply.refused.map(({ detail }) => detail)).toEqual([
      expect.stringContaining('oml host watchtower'),
      expect.stringContaining('not signed by the authorizer'),
      expect.stringContaining('more than was signed'),
      expect.stringContaining('Nothing was charged'),
      expect.stringContaining('does not take this channel'),
      expect.stringContaining('is not of'),
      expect.stringContaining('does not take this channel'),
    ]);
    expect(keptTotals()).toEqual(['1000']);
  });

  it('keeps the highest total, in whatever order and however often they come', async () => {
    for (const charged of [3_000n, 2_000n, 3_000n]) {
      const rows = [await voucher({ salt: 9, charged }), await voucher({ salt: 9, charged: charged - 500n })];
      expect((await replyOf(await handOver(rows))).kept).toHaveLength(1);
    }
    expect(keptTotals()).toEqual(['3000']);
  });

  it('pays no gas for a channel that holds less than its voucher says, and looks at it again later', async () => {
    const { publicClient } = scene.chain.as(KEYS.BUYER);
    const before = await publicClient.getTransactionCount({ address: TOWER.address, blockTag: 'pending' });
    for (const loop of tower.loops) loop.start();
    await waitFor(async () => rowsOf(dataDir).every(({ retry_at }) => retry_at !== null));
    expect(await publicClient.getTransactionCount({ address: TOWER.address, blockTag: 'pending' })).toBe(before);
    expect(late()).toEqual([]);
  });

  it('calls a host late where its vault shows that it is, and not where it has collected', async () => {
    const gateway = await startGateway(gatewayEnv(scene.chain, [scene.listing]));
    const [collected, uncollected] = [await charged(gateway, 1), await charged(gateway, 2)];
    const host = scene.chain.as(KEYS.HOST);
    await host.send({
      address: scene.vault,
      abi: revenueVaultAbi,
      functionName: 'collectAndBook',
      args: [[{ ...collected, config: collected.channelConfig, totalClaimed: PRICE, maxClaimableAmount: PRICE }]],
    });
    const ids = [collected, uncollected].map(({ channelConfig }) => channelIdOf(channelConfig, domain()));
    const isDone = (id: string | undefined) =>
      rowsOf(dataDir).some((row) => row.channel_id === id && row.booked !== '0');
    await handOver([exported(collected)]);
    await waitFor(async () => isDone(ids[0]));
    expect(late()).toEqual([]);
    await handOver([exported(uncollected)]);
    await waitFor(async () => isDone(ids[1]) && late().length === 2);
    expect(late()).toEqual([true, false]);
    await gateway.stop();
  });

  it('gets all that is not collected again when it comes back with nothing on its disk', async () => {
    await Promise.all(tower.loops.map((loop) => loop.stop()));
    const env = gatewayEnv(scene.chain, [scene.listing]);
    const gateway = await startGateway(env);
    await charged(gateway, 3);
    await gateway.stop();
    let current = tower;
    const server = serve({ fetch: (request) => current.app.fetch(request), port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((resolve) => server.once('listening', () => resolve()));
    const store = await openGatewayStore(join(env['DATA_DIR']!, 'gateway.sqlite'));
    const known: boolean[] = [];
    const handOverAll = createHandOver({
      store,
      tower: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      account: HOST.address,
      signer: SIGNER,
      domain: domain(),
      models: [{ licenseId: scene.listing.licenseId, vault: scene.vault }],
      alerts: { set: (_, isOn) => void known.push(isOn) },
      logger,
      askAgainMs: 0,
    });
    await handOverAll();
    const other = join(scene.chain.scratch, 'tower-anew');
    current = await openTower(other);
    expect(rowsOf(other)).toEqual([]);
    await handOverAll();
    expect(rowsOf(other)).toMatchObject([{ charged: String(PRICE), host: HOST.address }]);
    expect(known).toEqual([false, false]);
    await current.stop();
    await store.close();
    server.close();
  });
});

/** A voucher that a buyer paid a call with, out of a channel that holds enough. */
async function charged(gateway: RunningGateway, salt: number) {
  const buyer = channelClient(scene.chain, { salt });
  const call = completionAt(gateway.url, { seed: salt });
  const payload = await voucherFor(buyer, call);
  expect((await postVoucher(buyer, call, payload)).status).toBe(200);
  return { channelConfig: configOf(payload), signature: voucherOf(payload).signature };
}

const exported = (paid: Awaited<ReturnType<typeof charged>>): ExportedVoucherJson => ({
  ...paid,
  licenseId: String(scene.listing.licenseId),
  charged: String(PRICE),
  maxClaimableAmount: String(PRICE),
  since: Date.now() - 20 * 3_600_000,
});

const rowsOf = (folder: string) =>
  stored<{ channel_id: string; charged: string; booked: string; host: string; retry_at: number | null }>(
    { DATA_DIR: folder },
    'SELECT channel_id, charged, booked, host, retry_at FROM channel',
    'tower.sqlite',
  );
const late = () => alerts.flatMap(({ code, isOn }) => (code === 'HOST_BEHIND' ? [isOn] : []));
