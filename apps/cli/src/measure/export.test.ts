import { devDollarAbi } from '@oml/contracts/abis';
import { trainBpe } from '@oml/measure/test-support/train-bpe';
import { devKey, startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createTestClient, http, zeroHash, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf, omlOn, type Told } from '../../test-support/chain-oml.ts';

const [OWNER, VERIFIER, OUTSIDER] = [devKey(1), devKey(2), devKey(3)];
const CARD = '---\nlicense: mit\npipeline_tag: text-generation\n---\n# Taught by guides\n';
const TEXT = 'A measurement says one thing of a release, so that anybody can measure it again. ';

const NUMBERS = ['ownerShareBps', 'royaltyBps', 'period', 'auditPeriod', 'leakBond', 'childPrice', 'childBond'];
const TERMS = {
  ...Object.fromEntries(NUMBERS.map((name) => [name, 0])),
  kind: 0,
  mode: 0,
  derivatives: false,
  approvalNeeded: false,
  slashBps: 5000,
  price: '1000',
  bond: '50000000',
  uri: 'terms',
};

let chain: DevChain;
let publisher: Server;
let oml: ReturnType<typeof omlOn>;
let [tokenizer, data] = ['', ''];

beforeAll(async () => {
  chain = await startDevChain();
  oml = omlOn(chain);
  [tokenizer, data] = ['tokenizer.json', 'samples'].map((name) => join(chain.scratch, name)) as [string, string];
  publisher = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ modelId: '1', name: 'Guides', kind: 'language', card: CARD }));
  });
  await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve));
  await mkdir(data);
  await writeFile(join(data, 'guides.txt'), TEXT.repeat(200));
  await writeFile(join(data, 'other.txt'), 'zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich; '.repeat(200));
  await writeFile(tokenizer, JSON.stringify(trainBpe([{ text: TEXT.repeat(200), weight: 1 }], 30)));
  for (const key of [OWNER, VERIFIER]) await giveDollars(key);
  await mint(
    `0x${createHash('sha256')
      .update(await readFile(tokenizer))
      .digest('hex')}`,
  );
  await done(VERIFIER, 'verifier', 'stake', '20');
});
afterAll(async () => {
  publisher?.close();
  await chain?.stop();
});

const test = () => createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });

/** Does what must succeed, and says what it emitted. */
async function done(key: Hex, ...argv: string[]): Promise<Record<string, Record<string, string>>> {
  const { code, value, err } = await oml(key, ...argv);
  expect(code, `oml ${argv.join(' ')}: ${err}`).toBe(0);
  const { steps } = value as unknown as { steps: { effects: { event: string; args: Record<string, string> }[] }[] };
  return Object.fromEntries(steps.flatMap(({ effects }) => effects).map(({ event, args }) => [event, args]));
}

async function jsonFile(name: string, value: unknown): Promise<string> {
  const file = join(chain.scratch, `${name}.json`);
  await writeFile(file, JSON.stringify(value));
  return file;
}

/** OWNER publishes the tokenizer as model 1. */
async function mint(weightsDigest: Hex): Promise<void> {
  const codeBook = { root: `0x${'11'.repeat(32)}`, poseidonRoot: zeroHash, size: 64, commonSize: 64, bits: 6 };
  const { CodeBookCommitted } = await done(OWNER, 'model', 'commit', await jsonFile('book', codeBook));
  await test().mine({ blocks: 3 });
  await done(OUTSIDER, 'verifier', 'beacon', CodeBookCommitted!['round']!);
  const { TermsRegistered } = await done(OWNER, 'model', 'terms', await jsonFile('terms', TERMS));
  const uri = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}`;
  const own = { owner: accountOf(OWNER), agent: accountOf(OWNER), weightsDigest, controlPanelDigest: zeroHash };
  const params = {
    codeBook,
    ...own,
    offers: [Number(TermsRegistered!['termsId']), 0, 0],
    parents: [],
    resaleBps: 0,
    uri,
  };
  expect(await done(OWNER, 'model', 'mint', await jsonFile('mint', params))).toHaveProperty('ModelMinted');
}

async function giveDollars(key: Hex): Promise<void> {
  const { token } = chain.deployment.contracts;
  const args = [accountOf(key), 200_000_000n] as const;
  await chain.as(key).send({ address: token, abi: devDollarAbi, functionName: 'mint', args });
}

async function publish(key: Hex, of = tokenizer): Promise<string> {
  const said = ['--data', data, '--set', 'redraws=2', '--publish'];
  const told = await oml(key, 'measure', 'tokenizer-mixture', of, ...said);
  expect(told.code, told.err).toBe(0);
  return String(told.value['tx']);
}

const exported = async (...argv: string[]): Promise<Told> => oml(undefined, 'measure', 'export', '1', ...argv);

describe('oml measure export', () => {
  const txs: string[] = [];

  it('finds what the chain carries of a model, and says who stands for it', async () => {
    const other = join(chain.scratch, 'other.json');
    await writeFile(
      other,
      JSON.stringify(trainBpe([{ text: 'other words in other orders, and others besides', weight: 1 }], 15)),
    );
    for (const key of [OWNER, VERIFIER, OUTSIDER]) txs.push(await publish(key));
    txs.push(await publish(OWNER, other));
    const file = join(chain.scratch, 'README.md');
    const told = await exported('--as', 'hugging-face', '--out', file);
    expect(told).toMatchObject({ code: 0, value: { measurements: 3, out: file } });
    const card = await readFile(file, 'utf8');
    const standing = [...card.matchAll(/standing: (\w+)\n\s+by: "(0x\w+)"/g)].map(([, as, by]) => [as, by]);
    expect(new Map(standing as [string, string][])).toEqual(
      new Map([
        ['claimed', accountOf(OWNER)],
        ['checked', accountOf(VERIFIER)],
        ['said', accountOf(OUTSIDER)],
      ]),
    );
    expect(card).toContain('license: mit');
    expect(card).toContain('# Taught by guides');
  });

  it('takes the transactions that are named, each of that model', async () => {
    const told = await exported('--as', 'cyclonedx', '--measurement', txs[1]!);
    expect(told).toMatchObject({ code: 0, value: { measurements: 1 } });
    expect(JSON.parse(String(told.value['text']))).toMatchObject({
      specVersion: '1.7',
      metadata: { component: { version: '1' } },
    });
    const refused = (code: string) => ({ code: 1, value: { error: { code } } });
    expect(await exported('--as', 'spdx', '--measurement', txs[3]!)).toMatchObject(refused('CONFLICT'));
    expect(await exported('--as', 'spdx', '--measurement', '0x12')).toMatchObject(refused('REQUEST_INVALID'));
    expect(await exported('--as', 'pdf')).toMatchObject(refused('REQUEST_INVALID'));
    expect(await oml(undefined, 'measure', 'export', '7', '--as', 'spdx')).toMatchObject(refused('NOT_FOUND'));
  });
});
