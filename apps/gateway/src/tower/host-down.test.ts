import { revenueVaultAbi } from '@oml/contracts/abis';
import { createBuyer } from '@oml/sdk/buyer';
import { memoryChannels } from '@oml/sdk/channel/store';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { parseEther, sha256, type Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BUYER,
  controlsOf,
  freePort,
  KEYS,
  startChain,
  waitFor,
  type TestChain,
} from '../../test-support/chain-fixture.ts';
import { SESSION } from '../../test-support/channels.ts';
import { giveDollars, publishModel } from '../../test-support/host-fixture.ts';
import { stored } from '../../test-support/launched.ts';
import { runOml, servicePid, startOml } from '../../test-support/oml-command.ts';
import { honestFiles, openPublisher, packed, type TestPublisher } from '../../test-support/publisher.ts';
import { buyerOptions } from '../../test-support/scene.ts';

const PRICE = 1_000n;
/** Only to notice a hang. */
const PATIENCE_MS = 600_000;
let chain: TestChain;
let publisher: TestPublisher;
let host: string;
let tower: string;
let ports: { host: string; tower: string };
let vault: Address;
const running: ChildProcess[] = [];

const oml = (...args: string[]) => runOml(chain, 'host', ...args, '--dir', host);
const where = () => ['--rpc', chain.rpcUrl, '--deployment', chain.deploymentPath];
const addressOf = async (role: string): Promise<Address> => {
  const { keys } = JSON.parse((await oml('keys', '--json')).out) as { keys: { name: string; address: Address }[] };
  return keys.find(({ name }) => name === role)!.address;
};
const towerUrl = () => `http://127.0.0.1:${ports.tower}`;
const towerAddress = async () =>
  ((await (await fetch(`${towerUrl()}/v1/watchtower`)).json()) as { address: Address }).address;

beforeAll(async () => {
  chain = await startChain({}, { isMixed: true });
  [host, tower] = [join(chain.scratch, 'host'), join(chain.scratch, 'tower')];
  ports = { host: String(await freePort()), tower: String(await freePort()) };
  publisher = await openPublisher(chain);
  publisher.cards.set(await publishModel(chain, 'fable-mini', publisher.url), 'Fable');
  await giveDollars(chain, BUYER.address);
  await oml('keys');
  const { setBalance } = controlsOf(chain);
  for (const role of ['host', 'gas']) await setBalance({ address: await addressOf(role), value: parseEther('10') });
  await giveDollars(chain, await addressOf('host'));
  const up = ['up', '--model', 'fable', ...where(), '--endpoint', `http://127.0.0.1:${ports.host}`, '--prepare'];
  await oml(...up, '--timeout', '1');
  await publisher.deliver(1n);
  await publisher.recordFile(1n, sha256(packed(honestFiles())));
  expect((await oml(...up)).status).toBe(0);
});
afterAll(async () => {
  for (const child of running) kill(child);
  publisher?.stop();
  await chain?.stop();
});

/** As a machine that loses its power. */
function kill(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  process.kill(servicePid(child), 'SIGKILL');
  child.kill('SIGKILL');
}

async function started(child: ChildProcess, port: string): Promise<ChildProcess> {
  running.push(child);
  child.stdout!.resume();
  child.stderr!.resume();
  await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok, PATIENCE_MS);
  return child;
}

const startTower = async (...more: string[]) =>
  started(
    startOml(
      chain,
      'watchtower',
      'run',
      '--for',
      await addressOf('host'),
      '--port',
      ports.tower,
      ...where(),
      '--dir',
      tower,
      ...more,
    ),
    ports.tower,
  );
const startHost = () => started(startOml(chain, 'host', 'up', '--dir', host, '--port', ports.host), ports.host);

const bookings = () =>
  chain.as(KEYS.BUYER).publicClient.getContractEvents({
    address: vault,
    abi: revenueVaultAbi,
    eventName: 'Booked',
    fromBlock: 0n,
    strict: true,
  });
const kept = () =>
  stored<{ charged: string }>({ DATA_DIR: join(tower, 'data') }, 'SELECT charged FROM channel', 'tower.sqlite');

describe('a watchtower', () => {
  it('collects what a host that died had handed over, and nothing twice when that comes back', async () => {
    const watching = await startTower('--after', '3600');
    await controlsOf(chain).setBalance({ address: await towerAddress(), value: parseEther('1') });
    const named = await oml('watchtower', `${towerUrl()}/`, '--json');
    expect([named.status, named.err]).toEqual([0, '']);
    const said = JSON.parse(named.out) as { vaults: Address[]; collectsAfter: number };
    expect(said).toMatchObject({ collectsAfter: 3_600, named: true, address: await towerAddress() });
    vault = said.vaults[0]!;

    const serving = await startHost();
    const channel = { sessionKey: SESSION, deposit: 20n * PRICE, store: memoryChannels() };
    const buyer = createBuyer({ ...buyerOptions(chain), channel });
    const ask = (seed: number) =>
      buyer.complete(`http://127.0.0.1:${ports.host}`, { model: 'Fable', prompt: 'Once', maxTokens: 2, seed });
    await ask(1);
    // What it is not there for it gets later.
    kill(watching);
    await ask(2);
    await ask(3);
    const later = await startTower();
    await waitFor(async () => kept()[0]?.charged === String(3n * PRICE), PATIENCE_MS);
    const examined = await oml('doctor');
    expect(examined.out).toMatch(/^✓ tower +The watchtower 0x\w+ has every voucher/m);

    kill(serving);
    expect(await bookings()).toEqual([]);
    kill(later);
    await startTower('--after', '0');
    await waitFor(async () => (await bookings()).length === 1, PATIENCE_MS);
    expect((await bookings())[0]!.args).toMatchObject({
      client: SESSION.address,
      total: 3n * PRICE,
      booker: await towerAddress(),
    });

    await startHost();
    const { signedReceipt } = await ask(4);
    expect(signedReceipt.receipt.cumulative).toBe(4n * PRICE);
    // The host is back, and still does not collect: its hour is not over.
    await waitFor(async () => (await bookings()).length === 2, PATIENCE_MS);
    expect((await bookings()).map(({ args }) => args.total)).toEqual([3n * PRICE, 4n * PRICE]);
    const off = await oml('watchtower', towerUrl(), '--off');
    expect([off.status, off.out]).toEqual([0, expect.stringContaining('collects no more from 1 vaults')]);
  });
});
