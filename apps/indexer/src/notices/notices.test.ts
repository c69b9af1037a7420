import { noticesOf } from '@oml/db/site/notices';
import { listSubscriptions, subscribe, unsubscribeByLink } from '@oml/db/site/subscriptions';
import { wipe } from '@oml/db/roll-back';
import { createLogger } from '@oml/service/logger';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchUp } from '../../test-support/index-of.ts';
import { BUYER, HOST, OWNER } from '../../test-support/instant-chain.ts';
import type { Proven } from '../../test-support/story.ts';
import { startWorld, type World } from '../../test-support/world.ts';
import { createNoticeRoom, officeOf } from './notice-room.ts';

const MILLION = 1_000_000n;
const ORIGIN = 'http://127.0.0.1:3000';
const MAIL = 'host@example.org';

let world: World;
let folder: string;
let hooks: Server;
let hook: string;
let license: { licenseId: bigint; vault: Address };
let proven: Proven;
const told: { type: string; data: Record<string, string> }[] = [];
const lines: string[] = [];
const logger = createLogger('notices-test', (line) => void lines.push(line));

/** As it starts anew: all that it knows stands in the database. */
const room = (depth = 0n) =>
  createNoticeRoom({
    db: world.db,
    office: officeOf({ MAIL_DIR: folder, MAIL_FROM: 'notices@oml.example' }),
    allowPrivate: true,
    depth,
    logger,
  });
/** Long lines of text (RFC 2045) and of headers (RFC 5322) unfolded. */
const mails = () =>
  readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8').replace(/=\r\n|\r\n(?= )/g, ''));
const subjects = () =>
  mails()
    .map((mail) => /^Subject: (.*)$/m.exec(mail)![1]!.trim())
    .toSorted();
const kindsOf = async (account: Address) => {
  const { at } = await world.db.cursor.findUniqueOrThrow({ where: { id: 1 } });
  return (await noticesOf(world.db, [account], at)).map(({ kind }) => kind);
};

beforeAll(async () => {
  world = await startWorld();
  folder = mkdtempSync(join(tmpdir(), 'oml-mail-'));
  hooks = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => (told.push(JSON.parse(body)), response.end()));
  });
  await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve));
  hook = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/oml`;
  const { story } = world;
  const model = await story.publish();
  await story.depositBond(60n * MILLION);
  await story.bindSigner();
  license = await story.license(model);
  await story.stake();
  await catchUp(world.indexer);
}, 600_000);
afterAll(async () => {
  hooks?.close();
  await world?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

describe('notices', () => {
  it('ask a mail address first, and tell it nothing before it said yes', async () => {
    const { row } = await subscribe(
      world.db,
      { account: HOST.address, channel: 'mail', target: MAIL, origin: ORIGIN },
      new Date(),
    );
    expect(row.confirmedAt).toBeUndefined();
    proven = await world.story.evidence(license.licenseId);
    await world.story.accuse(proven);
    await catchUp(world.indexer);
    await room()();
    expect(subjects()).toEqual(['Do you want notices here?']);
    expect(mails()[0]).toContain(`${ORIGIN}/notices/confirm/`);
  });

  it('tell of a claim by mail and webhook, with the deadline and the way out, and never twice', async () => {
    const now = new Date();
    await world.db.subscription.updateMany({ where: { channel: 'mail' }, data: { confirmedAt: now } });
    const asked = { account: HOST.address, channel: 'webhook', target: hook, origin: ORIGIN } as const;
    await subscribe(world.db, asked, now);
    // Two at once, then one after a restart.
    await Promise.all([room()(), room()()]);
    await room()();
    expect(subjects()).toEqual(['Claim against you: unpaid use', 'Do you want notices here?']);
    const claim = mails().find((mail) => mail.includes('Claim against you'))!;
    expect(claim).toMatch(/by 20\d\d-\d\d-\d\d \d\d:\d\d UTC/);
    expect(claim).toContain(`${ORIGIN}/claims/${proven.digest}`);
    expect(claim).toMatch(/^List-Unsubscribe: <http:\/\/127\.0\.0\.1:3000\/api\/notices\/unsubscribe\/[\w-]+>/m);
    expect(told.map(({ type }) => type).toSorted()).toEqual(['notice.claim', 'notice.subscribed']);
  });

  it('say nothing twice after the index was read anew from the first block', async () => {
    await wipe(world.db);
    await catchUp(world.indexer);
    const before = [subjects(), told.length];
    await room()();
    expect([subjects(), told.length]).toEqual(before);
  });

  it('wait until a fact lies deep enough, and drop what a rollback took', async () => {
    const { testClient, publicClient } = world.chain;
    const snapshot = await testClient.snapshot();
    const later = room(5n);
    await world.story.finalise(proven);
    await catchUp(world.indexer);
    await later();
    const { seenBlock } = await world.db.delivery.findFirstOrThrow({ where: { state: 'seen' } });
    expect(seenBlock).toBe(await publicClient.getBlockNumber());
    await testClient.revert({ id: snapshot });
    await world.chain.mine(1);
    await catchUp(world.indexer);
    await later();
    expect(await world.db.delivery.count({ where: { state: 'seen' } })).toBe(0);
    expect(told.map(({ type }) => type)).not.toContain('notice.claim-ended');
  });

  it('tell how the claim ended, and that the bond is too low since', async () => {
    await world.story.finalise(proven);
    await catchUp(world.indexer);
    await room()();
    expect(
      told
        .slice(2)
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(['notice.bond-low', 'notice.claim-ended']);
    const low = told.find(({ type }) => type === 'notice.bond-low')!;
    expect(BigInt(low.data['bond']!)).toBeLessThan(BigInt(low.data['reserved']!));
    expect(await kindsOf(HOST.address)).toEqual(expect.arrayContaining(['bond-low', 'claim-ended', 'claim']));
    await world.story.depositBond(200n * MILLION);
    await catchUp(world.indexer);
    expect(await kindsOf(HOST.address)).not.toContain('bond-low');
  });

  it('tell of a day’s payouts when it is over, and of a budget as it is reached', async () => {
    const asked = { channel: 'webhook', target: hook, origin: ORIGIN } as const;
    await subscribe(world.db, { ...asked, account: OWNER.address }, new Date(0));
    await subscribe(world.db, { ...asked, account: BUYER.address, budget: 12_000n }, new Date());
    await world.story.book(license.vault);
    await world.story.distribute(license.vault);
    await world.story.vault(license.vault, 'payOwner');
    await catchUp(world.indexer);
    const before = told.length;
    await room()();
    const types = () => told.slice(before).map(({ type, data }) => `${type} ${data['percent'] ?? ''}`.trim());
    const now = types().filter((type) => type !== 'notice.payout');
    expect(now.toSorted()).toEqual(['notice.budget 75', 'notice.subscribed', 'notice.subscribed']);
    expect(await kindsOf(OWNER.address)).toContain('payout');
    await world.chain.testClient.increaseTime({ seconds: 86_400 });
    await world.chain.mine(1);
    await catchUp(world.indexer);
    await room()();
    expect(types()).toContain('notice.payout');
    expect(told.find(({ type }) => type === 'notice.payout')!.data).toMatchObject({ account: OWNER.address, count: 1 });
  });

  it('tell of a bond that was asked back and may leave, until when', async () => {
    await world.story.licenses('announceExit', [10n * MILLION]);
    const exit = await world.chain.publicClient.getBlock();
    await catchUp(world.indexer);
    expect(await kindsOf(HOST.address)).not.toContain('withdrawal-ready');
    const { ripeAt } = await world.db.account.findUniqueOrThrow({ where: { account: HOST.address } });
    await world.chain.testClient.increaseTime({ seconds: Number(ripeAt!.getTime() / 1000) - Number(exit.timestamp) });
    await world.chain.mine(1);
    await catchUp(world.indexer);
    await room()();
    expect(told.at(-1)).toMatchObject({ type: 'notice.withdrawal-ready', data: { of: 'bond', amount: '10000000' } });
  });

  it('leave nothing of who unsubscribed, and no address in any log', async () => {
    const { linkToken } = await world.db.subscription.findFirstOrThrow({ where: { channel: 'mail' } });
    await unsubscribeByLink(world.db, linkToken);
    expect(await listSubscriptions(world.db, HOST.address)).toHaveLength(1);
    const tables = ['subscription', 'delivery', 'asked'] as const;
    const rows = await Promise.all(
      tables.map((name) => world.db.$queryRawUnsafe(`select t::text from site.${name} t`)),
    );
    expect(JSON.stringify(rows)).not.toContain(MAIL);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join('')).not.toMatch(/example\.org|127\.0\.0\.1/);
  });
});
