import { licenseRegistryAbi } from '@oml/contracts/abis';
import { createBuyer } from '@oml/sdk/buyer';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
import { giveDollars, publishModel } from '../../test-support/host-fixture.ts';
import { runOml, servicePid, startOml, type Ended } from '../../test-support/oml-command.ts';
import { honestFiles, openPublisher, packed, type TestPublisher } from '../../test-support/publisher.ts';
import { buyerOptions } from '../../test-support/scene.ts';

let chain: TestChain;
let publisher: TestPublisher;
let dir: string;
let served: ChildProcess | undefined;
let port: string;

beforeAll(async () => {
  chain = await startChain({}, { isMixed: true });
  publisher = await openPublisher(chain);
  const modelId = await publishModel(chain, 'fable-mini', publisher.url);
  publisher.cards.set(modelId, 'Fable');
  dir = join(chain.scratch, 'host');
  port = String(await freePort());
});
afterAll(async () => {
  served?.kill('SIGKILL');
  publisher?.stop();
  await chain?.stop();
});

const anyOml = (...args: string[]): Promise<Ended> => runOml(chain, ...args);
const oml = (...args: string[]): Promise<Ended> => anyOml('host', ...args, '--dir', dir);
const start = (...args: string[]): ChildProcess => startOml(chain, 'host', ...args, '--dir', dir);

const keyFiles = () => readdirSync(join(dir, 'keys')).sort();
const addressOf = async (name: string): Promise<Address> => {
  const { keys } = JSON.parse((await oml('keys', '--json')).out) as { keys: { name: string; address: Address }[] };
  return keys.find((key) => key.name === name)!.address;
};
const registry = () => ({ address: chain.deployment.contracts.licenseRegistry, abi: licenseRegistryAbi }) as const;
const reader = () => chain.as(KEYS.BUYER).publicClient;
/** The five commands of the guide for hosts, to the letter. */
const GUIDE = /## Five commands[^]*?```sh\n([^]*?)```/
  .exec(readFileSync(join(import.meta.dirname, '../../../../docs/guides/host.md'), 'utf8'))![1]!
  .trim()
  .split('\n');
/** One of them as it is typed, with this scene's chain and endpoint where the guide has whoever reads it. */
const typed = (command: string, ...more: string[]): Promise<Ended> => {
  const [npx, name, ...words] = command
    .replace('https://rpc.example/KEY', chain.rpcUrl)
    .replace('https://host.example', `http://127.0.0.1:${port}/`)
    .split(' ');
  expect([npx, name]).toEqual(['npx', 'oml']);
  return anyOml(...words, ...more, ...(words[0] === 'host' ? ['--dir', dir] : []));
};
const [install, keys, list, up, doctor] = GUIDE as [string, string, string, string, string];

describe('a host by its guide alone', () => {
  it('types five commands, of which npm’s is the first', () => {
    expect([install, GUIDE.length]).toEqual(['npm ci', 5]);
  });

  it('hears that keys come first', async () => {
    const { status, err } = await typed(up);
    expect([status, err]).toEqual([1, expect.stringMatching(/^NOT_FOUND: .*oml host keys/)]);
  });

  it('makes keys that nobody else can read, and says what each is for', async () => {
    const { status, out, err } = await typed(keys);
    expect([status, err]).toEqual([0, '']);
    expect(keyFiles()).toEqual(['answers.json', 'gas.json', 'host.json', 'sealing.json', 'signer.json']);
    for (const path of ['', 'keys', 'data']) expect(statSync(join(dir, path)).mode & 0o777).toBe(0o700);
    for (const path of ['password', 'keys/host.json', 'keys/sealing.json'])
      expect(statSync(join(dir, path)).mode & 0o777).toBe(0o600);
    const { address } = JSON.parse(readFileSync(join(dir, 'keys/gas.json'), 'utf8')) as { address: string };
    expect(out.toLowerCase()).toContain(`0x${address}`);
    for (const word of ['ETH for as long as you serve', 'the bond', 'can never be read']) expect(out).toContain(word);
  });

  it('keeps what is there when it is called again', async () => {
    const before = keyFiles().map((file) => readFileSync(join(dir, 'keys', file), 'utf8'));
    expect((await oml('keys')).status).toBe(0);
    expect(keyFiles().map((file) => readFileSync(join(dir, 'keys', file), 'utf8'))).toEqual(before);
  });

  it('says of every account what it lacks, in one sentence each, before anything is sent', async () => {
    const { status, err } = await typed(up, '--prepare');
    expect(status).toBe(75);
    const said = err.split('\n').find((line) => line.startsWith('GAS_TOO_LOW'))!;
    expect(said).toContain(`host account ${await addressOf('host')} holds 0 ETH and needs about`);
    expect(said).toContain(`host account ${await addressOf('host')} holds $0.00 and needs $`);
    expect(said).toContain(`gas account ${await addressOf('gas')} holds 0 ETH`);
    expect(err).not.toMatch(/npm|viem|Request Arguments/);
  });

  it('lists the models that there are, by the names of their cards', async () => {
    expect(await typed(list)).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^ +1 {2}Fable +\$0\.001 a call +0x/),
    });
  });

  it('is told what to give in a sentence that names it', async () => {
    const bare = join(chain.scratch, 'bare');
    expect((await anyOml('host', 'keys', '--dir', bare)).status).toBe(0);
    const chainFlags = ['--rpc', chain.rpcUrl, '--deployment', 'deployment.json'];
    for (const [flags, said] of [
      [[], 'Give --rpc URL (a node of the chain) and --deployment FILE'],
      [chainFlags.slice(0, 2), 'Give --deployment FILE'],
      [chainFlags, 'Give --endpoint URL'],
      [['--endpoint', `http://127.0.0.1:${port}`], 'give --model NAME'], // what was given is kept
    ] as const) {
      const { status, err } = await anyOml('host', 'up', '--dir', bare, ...flags);
      expect([status, err]).toEqual([1, expect.stringContaining(said)]);
    }
  });

  it('names what is missing on the command line, and which models there are', async () => {
    const unknown = await oml('up', '--model', 'nothing-like-that', '--prepare');
    expect([unknown.status, unknown.err]).toEqual([1, expect.stringContaining('oml model list')]);
    const wrong = await oml('up', '--deployment', 'nowhere.json', '--model', 'fable');
    expect([wrong.status, wrong.err]).toEqual([1, expect.stringContaining(join(chain.scratch, 'nowhere.json'))]);
  });

  it('takes the license of the model of that name, and can be run again', async () => {
    await controlsOf(chain).setBalance({ address: await addressOf('host'), value: parseEther('1') });
    await controlsOf(chain).setBalance({ address: await addressOf('gas'), value: parseEther('10') });
    await giveDollars(chain, await addressOf('host'));
    const early = await typed(up, '--prepare', '--timeout', '1');
    expect([early.status, early.err]).toEqual([75, expect.stringContaining('waiting for the publisher')]);
    await publisher.deliver(1n);
    await publisher.recordFile(1n, sha256(packed(honestFiles())));
    const done = await typed(up, '--prepare', '--json', '--per-call', '1000');
    expect([done.status, done.err]).toEqual([0, expect.stringContaining('checked against the chain')]);
    expect(JSON.parse(done.out)).toMatchObject({ licenseId: '1', name: 'Fable', price: '1000' });
    expect(JSON.parse(readFileSync(join(dir, 'data/licenses.json'), 'utf8'))).toMatchObject([
      { price: '1000', metered: { perCall: '1000' } },
    ]);
    expect(statSync(join(dir, 'data/licenses.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, 'host.env')).mode & 0o777).toBe(0o600);
    for (const file of ['keys/host.json', 'host.env'])
      expect(readFileSync(join(dir, file), 'utf8')).not.toMatch(/KEY=0x/);
  });

  it('serves with what it kept, without the key of its account', async () => {
    served = start('up', '--port', port);
    let log = '';
    served.stdout!.on('data', (chunk) => (log += chunk));
    const url = `http://127.0.0.1:${port}`;
    await waitFor(async () => (await fetch(`${url}/ready`).catch(() => undefined))?.ok === true);
    expect(readFileSync(`/proc/${servicePid(served)}/environ`, 'utf8')).not.toMatch(/HOST_KEY|SEALING_SEED/);
    await giveDollars(chain, BUYER.address);
    const { text } = await createBuyer(buyerOptions(chain)).complete(url, {
      model: 'Fable',
      prompt: 'Once upon a time',
      maxTokens: 4,
    });
    expect(text.length).toBeGreaterThan(0);
    // It holds signed payments.
    for (const file of ['gateway.sqlite', 'gateway.sqlite-wal'])
      expect(statSync(join(dir, 'data', file)).mode & 0o777).toBe(0o600);
  });

  it('is audited by anybody who has dollars, and holds in every respect', async () => {
    const key = join(chain.scratch, 'auditor.key');
    writeFileSync(key, KEYS.BUYER, { mode: 0o600 });
    const where = ['--rpc', chain.rpcUrl, '--deployment', 'deployment.json', '--key-file', key];
    const { status, out } = await anyOml('host', 'audit', '1', ...where, '--wait', '120', '--json');
    const { checks, model, next } = JSON.parse(out) as { checks: { holds: boolean }[]; model: string; next: string[] };
    expect([status, model, next]).toEqual([0, 'Fable', []]);
    expect(checks.filter(({ holds }) => holds !== true)).toEqual([]);
    expect(checks).toHaveLength(5);
  });

  it('is found healthy by its doctor, in every respect', async () => {
    const { status, out } = await typed(doctor);
    expect([status, out.split('\n').filter((line) => !line.startsWith('✓'))]).toEqual([0, ['']]);
    const names = [
      'files',
      'node',
      'clock',
      'keys',
      'funds',
      'licenses',
      'engine',
      'backlog',
      'tls',
      'reach',
      'versions',
    ];
    for (const name of names) expect(out).toMatch(new RegExp(`^✓ ${name} `, 'm'));
  });

  it('pays back what it owes, and nothing else', async () => {
    for (const [payment, code] of [
      ['0x12', 'REQUEST_INVALID'],
      [`0x${'12'.repeat(32)}`, 'NOT_FOUND'],
    ] as const) {
      const { status, err } = await oml('refund', payment);
      expect([status, err]).toEqual([1, expect.stringMatching(new RegExp(`^${code}: `, 'm'))]);
    }
  });

  it('stops when it is told to', async () => {
    const ended = new Promise((resolve) => served!.once('close', resolve));
    served!.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('hears from its doctor everything that is wrong, and what to do about each', async () => {
    const key = join(dir, 'keys/signer.json');
    const weights = join(dir, 'data/editions/1/model.onnx');
    const before = readFileSync(weights);
    const { setBalance, increaseTime, mine } = controlsOf(chain);
    const gas = await addressOf('gas');
    await setBalance({ address: gas, value: 0n });
    chmodSync(key, 0o644);
    writeFileSync(weights, 'damaged');
    await increaseTime({ seconds: 600 });
    await mine({ blocks: 1 });
    const { status, out, err } = await oml('doctor', '--json');
    await setBalance({ address: gas, value: parseEther('10') });
    chmodSync(key, 0o600);
    writeFileSync(weights, before);
    expect([status, err]).toEqual([1, '']);
    const { findings } = JSON.parse(out) as { findings: Record<'name' | 'state' | 'says' | 'todo', string>[] };
    const failed = findings.filter(({ state }) => state === 'fail');
    for (const [name, says, todo] of [
      ['files', `Others may read ${key}`, 'chmod go='],
      ['clock', 's behind', 'timedatectl'],
      ['funds', `gas account ${gas} holds 0 ETH and needs`, 'costs your bond'],
      ['licenses', 'is not the delivered one', 'fetches it again'],
      ['reach', 'does not answer', 'oml host up'],
    ] as const)
      expect(failed).toContainEqual(
        expect.objectContaining({ name, says: expect.stringContaining(says), todo: expect.stringContaining(todo) }),
      );
    expect(failed).toHaveLength(5);
  });

  it('hears that its keys do not open', async () => {
    const file = join(dir, 'password');
    const before = readFileSync(file);
    writeFileSync(file, 'another');
    const { status, out } = await oml('doctor');
    writeFileSync(file, before);
    expect([status, out]).toEqual([1, expect.stringContaining(`signer.json cannot be opened with ${file}`)]);
  });

  it('changes its signer, and revokes the one before', async () => {
    const before = await addressOf('signer');
    const files = keyFiles();
    const rehearsed = await oml('rotate', 'signer', '--dry-run');
    expect([rehearsed.status, rehearsed.out]).toEqual([0, expect.stringMatching(/bindSigner[^]*nothing was sent/)]);
    expect([await addressOf('signer'), keyFiles()]).toEqual([before, files]);
    const { status, out } = await oml('rotate', 'signer');
    expect([status, out]).toEqual([0, expect.stringContaining(`oml host revoke ${before}`)]);
    const after = await addressOf('signer');
    const bound = (signer: Address) =>
      reader().readContract({ ...registry(), functionName: 'signerOf', args: [signer] });
    const host = await addressOf('host');
    expect(await bound(after)).toEqual([host, 0]);
    expect(keyFiles()).toContain(`signer-${before}.json`);
    expect((await oml('revoke', before, '--dry-run')).out).toMatch(/revokeSigner[^]*nothing was sent/);
    expect((await bound(before))[1]).toBe(0);
    expect((await oml('revoke', before)).status).toBe(0);
    expect((await bound(before))[1]).toBeGreaterThan(0);
    const stranger = await oml('revoke', BUYER.address);
    expect([stranger.status, stranger.err]).toEqual([1, expect.stringContaining('is not bound to')]);
  });
});
