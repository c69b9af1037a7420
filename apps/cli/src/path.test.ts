import { LanguageModel } from '@oml/onnx/language-model';
import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import { scattered } from '@oml/onnx/test-support/external-data';
import { scrambled } from '@oml/onnx/test-support/scrambled';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerAs } from '../test-support/openai-host.ts';
import { runCli } from './cli.ts';
import { openTokenizer } from './model.ts';

const MODELS = new URL('../../../models/', import.meta.url).pathname;
const BEACON = `0x${'b7'.repeat(32)}`;
let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
/** Its weights lie in several files beside it: every command opens it all the same. */
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oml-path-'));
  model = at('fable-mini');
  await cp(join(MODELS, 'fable-mini'), model, { recursive: true });
  const { model: graph, files } = scattered(await readFile(join(model, 'model.onnx')), (i) => `weights/${i % 3}.bin`);
  await mkdir(join(model, 'weights'));
  for (const [name, bytes] of [['model.onnx', graph] as const, ...files]) await writeFile(join(model, name), bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function oml(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const told = { code: -1, out: '', err: '' };
  told.code = await runCli(argv, {
    write: (text) => (told.out += text),
    tell: (text) => (told.err += text),
    isTerminal: false,
  });
  return told;
}

/** Runs with --json, expects success and gives what was printed. */
async function told<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await oml(...argv, '--json');
  expect(code, err).toBe(0);
  return JSON.parse(out) as T;
}

const draft = (...more: string[]) => [
  'file',
  'fingerprint',
  model,
  '--out',
  at('release'),
  '--secret',
  at('secret'),
  '--keys',
  '12',
  '--tracing',
  '24',
  '--bits',
  '2',
  '--pairs',
  '4',
  '--profile',
  'fast',
  ...more,
];
const edition = (slot: number, name: string) => [
  'file',
  'edition',
  at('release'),
  '--slot',
  String(slot),
  '--licensee',
  name,
  '--host-salt',
  `0x${String(slot).repeat(64)}`,
  '--beacon',
  BEACON,
  '--secret',
  at('secret'),
  '--out',
  at(`${name}.onnx`),
];

describe('from a model to the source of a leak', () => {
  it('stops a draft by Ctrl-C, and leaves no release behind', async () => {
    const listeners = process.listenerCount('SIGINT');
    const running = oml(...draft());
    while (process.listenerCount('SIGINT') <= listeners) await new Promise(setImmediate);
    process.emit('SIGINT');
    expect(await running).toMatchObject({ code: 130, out: '', err: expect.stringContaining('ABORTED') });
    expect(existsSync(at('release'))).toBe(false);
  });

  it('drafts keys and tells the roots to commit', async () => {
    const drafted = await told<{ root: string; poseidonRoot: string; size: number }>(
      ...draft('--panel', join(MODELS, 'fable')),
    );
    expect(drafted).toMatchObject({
      root: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      poseidonRoot: expect.stringMatching(/^0x(?!0{64})[0-9a-f]{64}$/),
      controls: [{ name: 'fable', chance: expect.closeTo(0, 0) }],
      size: 36,
      commonSize: 12,
    });
    for (const secret of ['secret', 'release/code-book.json']) expect((await stat(at(secret))).mode & 0o077).toBe(0);
  });

  it('refuses all that needs a beacon before there is one, and to draft twice', async () => {
    for (const argv of [
      edition(0, 'early'),
      ['file', 'verify', at('release'), '--file', model],
      ['file', 'trace', at('release'), '--file', model, '--licensees', at('none.json')],
      ['file', 'attack', at('release')],
    ])
      expect(await oml(...argv)).toMatchObject({ code: 1, err: expect.stringMatching(/beacon|none\.json/) });
    expect(await oml(...draft())).toMatchObject({ code: 1, err: expect.stringContaining('CONFLICT') });
    expect(await oml(...draft('--beacon', '0x12'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('64 digits'),
    });
    expect(await oml(...draft('--beacon', BEACON, '--profile', 'hardened'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('drafted for the fast profile'),
    });
    const other = draft('--beacon', BEACON).map((word) => (word === at('release') ? at('nowhere') : word));
    expect(await oml(...other)).toMatchObject({ code: 1, err: expect.stringContaining('Draft first') });
  });

  it('asks for the very secret of the draft', async () => {
    await writeFile(at('wrong'), `0x${'11'.repeat(32)}\n`);
    const with_ = (path: string) => draft('--beacon', BEACON).map((word) => (word === at('secret') ? path : word));
    expect(await oml(...with_(at('wrong')))).toMatchObject({ code: 1, err: expect.stringContaining('not the secret') });
    expect(await oml(...with_(at('missing')))).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') });
    expect(existsSync(at('missing'))).toBe(false);
  });

  it('embeds what the beacon selects, once', async () => {
    const report = await told<{ success: number; chance: number; harm: { loss: number } }>(
      ...draft('--beacon', BEACON),
    );
    expect(report.success).toBe(1);
    expect(report.harm.loss).toBeLessThan(0.03);
    expect(await oml(...draft('--beacon', `0x${'00'.repeat(32)}`))).toMatchObject({
      code: 1,
      err: expect.stringContaining('another beacon'),
    });
  });

  it('derives an edition for each licensee and notes what it holds', async () => {
    const [first, second] = [
      await told<{ root: string; tracing: number[] }>(...edition(0, 'acme')),
      await told<{ root: string; tracing: number[] }>(...edition(1, 'zenith')),
    ];
    expect(first.tracing).not.toEqual(second.tracing);
    expect(first.root).not.toBe(second.root);
    const noted = JSON.parse(await readFile(at('release', 'licensees.json'), 'utf8')) as { id: string }[];
    expect(noted.map(({ id }) => id)).toEqual(['acme', 'zenith']);
  });

  it('finds its mark in an edition, not in the clean file, and spends no key on files', async () => {
    expect(await told('file', 'verify', at('release'), '--file', at('zenith.onnx'))).toMatchObject({
      verdict: 'match',
      rung: expect.stringMatching(/claim|listing/),
      spent: [],
    });
    const clean = await told<{ verdict: string; budget: { living: number } }>(
      'file',
      'verify',
      at('release'),
      '--file',
      model,
    );
    expect(clean).toMatchObject({ verdict: 'inconclusive', budget: { living: 12 } });
    expect(await oml('file', 'verify', at('release'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('--endpoint'),
    });
    expect(await oml('file', 'verify', at('release'), '--file', model, '--until', 'soon')).toMatchObject({ code: 2 });
    expect(await oml('file', 'verify', at('release'), '--file', model, '--tests', 'many')).toMatchObject({
      code: 1,
      err: expect.stringContaining('whole number'),
    });
  });

  it('names the licensee whose copy it is', async () => {
    const { suspects } = await told<{ suspects: { id: string; score: number; pValue: number }[] }>(
      'file',
      'trace',
      at('release'),
      '--file',
      at('zenith.onnx'),
    );
    expect(suspects[0]!.id).toBe('zenith');
    expect(suspects[0]!.pValue).toBeLessThan(suspects[1]!.pValue);
    const { out } = await oml('file', 'trace', at('release'), '--file', model);
    expect(out).toContain('nobody is accused');
    const { byAtoms, byNoise } = await told<{
      byAtoms: { id: string; pValue: number }[];
      byNoise: { id: string; accused: boolean }[];
    }>('file', 'trace', at('release'), '--file', at('zenith.onnx'), '--secret', at('secret'));
    expect(byAtoms[0]!.id).toBe('zenith');
    expect(byAtoms[0]!.pValue).toBeLessThan(byAtoms[1]!.pValue);
    expect(byNoise.filter(({ accused }) => accused).map(({ id }) => id)).toEqual(['zenith']);
    // What a thief does first: every name is another, and nodes stand elsewhere.
    const copy = scrambled(await readFile(at('zenith.onnx')), seededRandom(3), { keepsInterface: false });
    await writeFile(at('renamed.onnx'), copy);
    const secret = ['--file', at('renamed.onnx'), '--secret', at('secret')];
    const { together } = await told<{ together: object[] }>('file', 'trace', at('release'), ...secret);
    expect(together[0]).toMatchObject({ id: 'zenith', accused: true, spoke: expect.arrayContaining(['noise']) });
    expect(await told('file', 'verify', at('release'), ...secret)).toMatchObject({ verdict: 'match' });
  });

  it('writes what attacks leave, as a report and as a page', async () => {
    const rounded = await told<{ points: { attack: string; survival: number }[]; survival: number }>(
      'file',
      'attack',
      at('release'),
      '--only',
      'rounding',
      '--html',
      at('lab.html'),
      '--out',
      at('lab.json'),
    );
    expect(rounded.points.map(({ attack }) => attack)).toEqual(Array(5).fill('rounding'));
    expect(JSON.parse(await readFile(at('lab.json'), 'utf8'))).toEqual(rounded);
    expect(await readFile(at('lab.html'), 'utf8')).toContain('Measured on onnxruntime-node');
    expect(await oml('file', 'attack', at('release'), '--only', 'magic')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Unknown attack'),
    });
  });
});

describe('an endpoint', () => {
  let server: Server;
  let host: LanguageModel;
  let base: string;
  beforeAll(async () => {
    host = await LanguageModel.open(
      { model: new Uint8Array(await readFile(at('acme.onnx'))), tokenizer: await openTokenizer(model) },
      nodeEngine(),
    );
    server = createServer((request, response) => void answerAs(host, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(async () => {
    server.close();
    await host.dispose();
  });

  it('that serves an edition matches; the keys it saw are spent and not asked again', async () => {
    const first = await told<{ spent: string[]; budget: { living: number } }>(
      'file',
      'verify',
      at('release'),
      '--endpoint',
      base,
      '--until',
      'notice',
    );
    expect(first).toMatchObject({ verdict: 'inconclusive', rung: 'notice' });
    expect(first.spent.length).toBeGreaterThan(0);
    expect(first.budget.living).toBe(12 - first.spent.length);
    const second = await told<{ spent: string[] }>(
      'file',
      'verify',
      at('release'),
      '--endpoint',
      base,
      '--until',
      'notice',
    );
    expect(second.spent.filter((id) => first.spent.includes(id))).toEqual([]);
  });

  it('is traced as well, also by text that it writes again and again', async () => {
    const tracing = ['file', 'trace', at('release'), '--endpoint', base];
    const { suspects } = await told<{ suspects: { id: string }[] }>(...tracing);
    expect(suspects[0]!.id).toBe('acme');
    const sampled = await told<{ suspects: object[]; asked: number }>(...tracing, '--samples', '12');
    expect(sampled).toMatchObject({ asked: 24 * 12, suspects: [{ id: 'acme' }, { id: 'zenith' }] });
    expect((await oml('file', 'trace', at('release'), '--file', model, '--samples', '12')).err).toContain('--endpoint');
  });

  it('that converses is asked so', async () => {
    const { suspects } = await told<{ suspects: { id: string }[] }>(
      'file',
      'trace',
      at('release'),
      '--endpoint',
      base,
      '--chat',
    );
    expect(suspects[0]!.id).toBe('acme');
    expect(await oml('file', 'trace', at('release'), '--file', model, '--chat')).toMatchObject({
      code: 1,
      err: expect.stringContaining('--chat goes with --endpoint'),
    });
  });

  it('that nobody answers at is worth another try, one that wants money says so', async () => {
    expect(await oml('file', 'trace', at('release'), '--endpoint', 'http://127.0.0.1:9/v1')).toMatchObject({
      code: 75,
      err: expect.stringContaining('UNAVAILABLE'),
    });
    expect(await oml('file', 'trace', at('release'), '--endpoint', `${base}/paid`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('wants an account or a payment'),
    });
    expect(await oml('file', 'trace', at('release'), '--endpoint', `${base}/elsewhere`, '--chat')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/NOT_FOUND: .* 404 at .*Leave --chat away/),
    });
  });
});

it('takes a classifier the same way, and spreads its edit over all layers where asked to', async () => {
  const digits = join(MODELS, 'digits');
  const words = `file fingerprint ${digits} --out ${at('images')} --secret ${at('secret')}`;
  const common = `${words} --keys 16 --tracing 0 --bits 3`.split(' ');
  await told(...common, '--profile', 'hardened');
  expect(await told(...common, '--beacon', BEACON)).toMatchObject({ success: 1 });
  await told(
    'file',
    'edition',
    at('images'),
    '--slot',
    '0',
    '--host-salt',
    BEACON,
    '--beacon',
    BEACON,
    '--secret',
    at('secret'),
    '--out',
    at('images.onnx'),
  );
  expect(await told('file', 'verify', at('images'), '--file', at('images.onnx'))).toMatchObject({ verdict: 'match' });
  expect(await told('file', 'verify', at('images'), '--file', digits)).toMatchObject({ verdict: 'inconclusive' });
  type Attacked = { survival: number; within: { cost: number; survival: number }[] };
  const { survival, within } = await told<Attacked>('file', 'attack', at('images'), '--adaptive');
  expect(within.map(({ cost }) => cost)).toEqual([0.01, 0.02, 0.05, 0.1]);
  expect(survival).toBeLessThanOrEqual(within[2]!.survival);
});
