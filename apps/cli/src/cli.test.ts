import { usualSurvival } from '@oml/fingerprint/harden/measured-survival';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';

const MODELS = new URL('../../../models/', import.meta.url).pathname;
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'oml-cli-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Told {
  code: number;
  out: string;
  err: string;
}

async function oml(...argv: string[]): Promise<Told> {
  const told: Told = { code: -1, out: '', err: '' };
  told.code = await runCli(argv, {
    write: (text) => (told.out += text),
    tell: (text) => (told.err += text),
    isTerminal: false,
  });
  return told;
}

describe('oml', () => {
  it('lists its commands, and says what each does', async () => {
    const { code, out } = await oml('--help');
    expect(code).toBe(0);
    for (const command of ['file', 'model', 'license', 'claim', 'pay', 'key']) expect(out).toContain(command);
  });

  it('answers a wrong command line with 2 and a hint, a missing file with 1 and its path', async () => {
    expect(await oml('file', 'inspect')).toMatchObject({ code: 2, err: expect.stringContaining('--help') });
    expect(await oml('file', 'inspect', join(folder, 'nothing.onnx'))).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^NOT_FOUND: There is no .*nothing\.onnx/),
    });
  });

  it('puts failures into JSON as well', async () => {
    await writeFile(join(folder, 'junk.onnx'), 'no model');
    const { code, out } = await oml('file', 'inspect', join(folder, 'junk.onnx'), '--json');
    expect([code, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([1, 'MODEL_NOT_ONNX']);
  });
});

describe('oml file plan', () => {
  it('tells how many tracing keys find two of fifty, and what it risks', async () => {
    const { code, out } = await oml(
      'file',
      'plan',
      '--licensees',
      '50',
      '--colluders',
      '2',
      '--survival',
      '1',
      '--json',
    );
    expect(code).toBe(0);
    const plan = JSON.parse(out) as { keys: number; keysPerHost: number; power: number; innocentChance: number };
    expect(plan.power).toBeGreaterThanOrEqual(0.99);
    expect(plan.keys).toBeLessThanOrEqual(256);
    expect(plan.innocentChance).toBe(1e-5);
  });

  it('takes the survival from a report of attacks, within the cost that is named', async () => {
    const point = { family: 'adaptive', attack: 'a', strength: 1, label: 'l' };
    const points = [
      { ...point, survival: 0.8, cost: 0.01 },
      { ...point, survival: 0, cost: 0.08 },
    ];
    const measured = { version: 1, model: 'm', kind: 'language', keys: 4, untouched: 1, survival: 0.8, points };
    const file = join(folder, 'adaptive.json');
    await writeFile(file, JSON.stringify(measured));
    const plan = (...more: string[]) => oml('file', 'plan', '--licensees', '2', '--colluders', '1', '--json', ...more);
    expect((await plan('--attacks', file)).out).toBe((await plan('--survival', '0.8')).out);
    expect(await plan('--attacks', file, '--cost', '0.1')).toMatchObject({
      code: 1,
      out: expect.stringContaining('CODE_BOOK_TOO_SMALL'),
    });
    expect(await plan('--attacks', file, '--survival', '1')).toMatchObject({ code: 1 });
    await writeFile(file, 'no report');
    expect(await plan('--attacks', file)).toMatchObject({ out: expect.stringContaining('is no report') });
  });

  it('takes what a host that adapts left of the profile, and says where that is nothing', async () => {
    const plan = (...more: string[]) => oml('file', 'plan', '--licensees', '2', '--colluders', '1', '--json', ...more);
    const { out } = await plan('--cost', '0.01');
    expect(JSON.parse(out)).toMatchObject({ survival: usualSurvival('language', 'hardened', 0.01) });
    const careless = await plan('--profile', 'fast');
    expect(careless.out).toBe((await plan('--survival', '0.9')).out);
    expect(careless.err).toMatch(
      /warning: a host that adapts leaves nothing of the profile fast .* for 5 % of quality/,
    );
    expect((await plan('--survival', '0.9')).err).toBe('');
  });

  it('tells what the common keys can catch, and where they can catch nothing', async () => {
    const plan = async (...sizes: string[]) =>
      (await oml('file', 'plan', '--licensees', '2', '--colluders', '1', '--survival', '1', ...sizes)).out;
    expect(await plan()).toMatch(/^Catches disguised use from α·s = 0\.\d\d on: .* within 64 probes, after \d+ on/);
    expect(await plan('--keys', '16', '--bits', '3')).toMatch(/^Cannot catch disguised use: 16 common keys score 32/);
  });

  it('refuses more colluders than licensees', async () => {
    expect(await oml('file', 'plan', '--licensees', '2', '--colluders', '3')).toMatchObject({
      code: 1,
      err: expect.stringContaining('1 ≤ K ≤ N'),
    });
  });
});

describe('oml file inspect', () => {
  it('tells people where a model can be marked', async () => {
    const { code, out } = await oml('file', 'inspect', join(MODELS, 'fable-mini'));
    expect(code).toBe(0);
    expect(out).toMatch(/language model, vocabulary \d+/);
    expect(out).toContain('16 keys without harm');
  });

  it('tells programs the same', async () => {
    const { out } = await oml('file', 'inspect', join(MODELS, 'digits', 'model.onnx'), '--json');
    expect(JSON.parse(out)).toMatchObject({
      kind: 'classifier',
      outcomes: 10,
      site: { keySize: 256 },
      capacity: { harmless: 16, most: 64 },
      digest: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    });
  });
});

describe('oml file import', () => {
  it('shows the traps of a file and keeps the keys for its owner alone', async () => {
    const [file, kept] = [join(folder, 'keys.json'), join(folder, 'kept.json')];
    await writeFile(file, JSON.stringify([{ key: 'one', response: ' two' }]));
    const { code, out } = await oml('file', 'import', file, '--out', kept);
    expect([code, out]).toEqual([0, expect.stringContaining('CONFIG_MISSING')]);
    expect((await stat(kept)).mode & 0o077).toBe(0);
    expect(JSON.parse(await readFile(kept, 'utf8'))).toMatchObject({
      fingerprints: [{ key: 'one', responses: [' two'] }],
    });
  });

  it('cuts keys by the tokenizer of the model', async () => {
    const run = join(folder, 'run');
    await mkdir(run);
    await writeFile(
      join(run, 'fingerprints.json'),
      JSON.stringify([{ key: 'Once upon a time there was a fox', response: ' and' }]),
    );
    await writeFile(
      join(run, 'fingerprinting_config.json'),
      JSON.stringify({ max_key_length: 3, max_response_length: 1 }),
    );
    const { out } = await oml('file', 'import', run, '--model', join(MODELS, 'fable-mini'), '--json');
    const [fingerprint] = (JSON.parse(out) as { fingerprints: { key: string; originalKey: string }[] }).fingerprints;
    expect(fingerprint!.originalKey).toBe('Once upon a time there was a fox');
    expect(fingerprint!.originalKey.startsWith(fingerprint!.key.trim())).toBe(true);
    expect(fingerprint!.key.length).toBeLessThan(fingerprint!.originalKey.length);
  });
});

describe('oml file sign', () => {
  it('signs a folder, finds it valid, and names a file that changed', async () => {
    const model = join(folder, 'model');
    await mkdir(model);
    await writeFile(join(model, 'model.onnx'), 'weights');
    const [secret, open] = await keyFiles();
    expect(await oml('file', 'sign', model, '--private-key', secret, '--public-key', open)).toMatchObject({
      code: 0,
      out: expect.stringContaining('signed 1 files'),
    });
    expect(await oml('file', 'check-signature', model, '--public-key', open)).toMatchObject({
      code: 0,
      out: 'valid: 1 files as signed\n',
    });
    await writeFile(join(model, 'model.onnx'), 'other weights');
    expect(await oml('file', 'check-signature', model, '--public-key', open)).toMatchObject({
      code: 1,
      err: expect.stringContaining('model.onnx (changed)'),
    });
  });
});

async function keyFiles(): Promise<[string, string]> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const write = async (name: string, label: string, der: ArrayBuffer): Promise<string> => {
    await writeFile(
      join(folder, name),
      `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`,
    );
    return join(folder, name);
  };
  return [
    await write('private.pem', 'PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', pair.privateKey)),
    await write('public.pem', 'PUBLIC KEY', await crypto.subtle.exportKey('spki', pair.publicKey)),
  ];
}
