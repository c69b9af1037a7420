import { licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { channelIdOf, signVoucher, type ChannelConfig } from '@oml/protocol/signed/channel';
import { signVoucherExport } from '@oml/protocol/signed/voucher-export';
import type { ExportedVoucherJson, VoucherExportReply } from '@oml/protocol/wire/voucher-export';
import { createLogger } from '@oml/service/logger';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, HOST, KEYS, OUTSIDER, SIGNER } from '../../test-support/chain-fixture.ts';
import { SESSION } from '../../test-support/channels.ts';
import { publishModel, takeLicense } from '../../test-support/host-fixture.ts';
import { stored } from '../../test-support/launched.ts';
import { openScene, type Scene } from '../../test-support/scene.ts';
import { towerOptions } from './options.ts';
import { createWatchtower, type Watchtower } from './tower.ts';

const TOWER = privateKeyToAccount(KEYS.CLAIMANT);
let scene: Scene;
let tower: Watchtower;
let dataDir: string;
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
  dataDir = join(chain.scratch, 'tower');
  const env = {
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    PORT: '0',
    DATA_DIR: dataDir,
    TOWER_KEY: KEYS.CLAIMANT,
    WATCHED_HOSTS: HOST.address,
    WATCH_AFTER: '0',
  };
  const logger = createLogger('watchtower');
  logger.level = 'silent';
  tower = await createWatchtower(towerOptions.parse(env), logger);
});
afterAll(async () => {
  await tower?.stop();
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

  it('pays no gas for a channel that holds less than its voucher says', async () => {
    const { publicClient } = scene.chain.as(KEYS.BUYER);
    const before = await publicClient.getTransactionCount({ address: TOWER.address, blockTag: 'pending' });
    for (const loop of tower.loops) loop.start();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await publicClient.getTransactionCount({ address: TOWER.address, blockTag: 'pending' })).toBe(before);
  });
});
