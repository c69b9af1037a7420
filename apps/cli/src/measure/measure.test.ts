import { trainBpe } from '@oml/measure/test-support/train-bpe';
import { devKey, startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf, omlOn, type Told } from '../../test-support/chain-oml.ts';
import { runCli } from '../cli.ts';

const OWNER = devKey(1);
const GUIDES = new URL('../../../../docs/', import.meta.url);

let chain: DevChain;
let oml: ReturnType<typeof omlOn>;
let [tokenizer, data, file] = ['', '', ''];
let published: Told;

beforeAll(async () => {
  chain = await startDevChain();
  oml = omlOn(chain);
  [tokenizer, data, file] = ['tokenizer.json', 'samples', 'measurement.json'].map((name) =>
    join(chain.scratch, name),
  ) as [string, string, string];
  await mkdir(data);
  const texts = {
    guides: await readFile(new URL('guides/host.md', GUIDES), 'utf8'),
    rules: await readFile(new URL('specs/rules.md', GUIDES), 'utf8'),
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(data, `${name}.md`), text);
  const trained = trainBpe([{ text: texts.guides, weight: 1 }], 60);
  await writeFile(tokenizer, JSON.stringify(trained));
  const say = ['--data', data, '--set', 'redraws=2', '--out', file, '--publish'];
  published = await oml(OWNER, 'measure', 'tokenizer-mixture', tokenizer, ...say);
});
afterAll(() => chain?.stop());

const check = (which: string, samples = data): Promise<Told> =>
  oml(undefined, 'measure', 'check', which, tokenizer, '--data', samples);

describe('oml measure', () => {
  it('signs a measurement, and carries it where it is anchored', () => {
    expect(published).toMatchObject({ code: 0, value: { by: accountOf(OWNER) } });
    const { measurement } = published.value as unknown as {
      measurement: { figures: { name: string; value: number }[] };
    };
    expect(measurement.figures.find(({ name }) => name === 'guides')!.value).toBeGreaterThan(0.95);
  });

  it('measures again what a transaction carries, and what a file says', async () => {
    const told = await check(String(published.value['tx']));
    expect(told).toMatchObject({ code: 0, value: { verdict: 'equal', by: accountOf(OWNER) } });
    expect(Number(told.value['anchoredAt'])).toBeGreaterThan(0);
    expect(await check(file)).toMatchObject({ code: 0, value: { verdict: 'equal' } });
  });

  it('ends with 1 where a figure lies outside of what was said', async () => {
    const { measurement } = JSON.parse(await readFile(file, 'utf8')) as { measurement: { figures: object[] } };
    const forged = measurement.figures.map((figure) => ({ ...figure, value: 0.5, low: 0.4, high: 0.6 }));
    const path = join(chain.scratch, 'forged.json');
    await writeFile(path, JSON.stringify({ ...measurement, figures: forged }));
    expect(await check(path)).toMatchObject({ code: 1, value: { verdict: 'outside' } });
    await writeFile(
      path,
      JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), measurement: { ...measurement, figures: forged } }),
    );
    expect(await check(path)).toMatchObject({ code: 1, value: { error: { code: 'SIGNATURE_INVALID' } } });
  });

  it('does not compare figures of other data', async () => {
    const other = join(chain.scratch, 'other');
    await mkdir(other);
    for (const name of ['guides.md', 'rules.md'])
      await writeFile(join(other, name), `${await readFile(join(data, name), 'utf8')}\nmore`);
    expect(await check(file, other)).toMatchObject({ code: 1, value: { error: { code: 'CONFLICT' } } });
  });

  it('ends with 75 where it cannot be told now', async () => {
    const away = { ...(JSON.parse(await readFile(file, 'utf8')) as object) };
    const path = join(chain.scratch, 'away.json');
    await writeFile(path, JSON.stringify(away));
    let out = '';
    const terminal = { write: (text: string) => void (out += text), tell: () => {}, isTerminal: false };
    const nowhere = ['--rpc', 'http://127.0.0.1:1', '--deployment', chain.deploymentPath];
    const argv = ['measure', 'check', path, tokenizer, '--data', data, '--json', ...nowhere];
    expect([await runCli(argv, terminal), JSON.parse(out).error.code]).toEqual([75, 'CHAIN_UNREACHABLE']);
  });

  it.each([
    [['tokenizer-mixture', 'models', '--data', '.', '--set', 'merge=1'], 'REQUEST_INVALID'],
    [['tokenizer-mixture', 'http://127.0.0.1:1/v1', '--data', 'docs'], 'REQUEST_INVALID'],
    [['tokenizer-mixture', '/nowhere', '--data', 'docs'], 'NOT_FOUND'],
  ])('refuses %j with %s', async (argv, code) => {
    expect(await oml(undefined, 'measure', ...argv)).toMatchObject({ code: 1, value: { error: { code } } });
  });
});
