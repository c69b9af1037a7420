import { committeesAbi, devDollarAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { REPORT_OUTCOME } from '@oml/protocol/chain/report-state';
import { voteCommitment } from '@oml/protocol/evidence/vote';
import { devKey, startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { maxUint256, zeroHash, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';

const [HOLDER, REPORTER, JUROR] = [devKey(1), devKey(2), devKey(3)];
const SALT: Hex = `0x${'5a'.repeat(32)}`;

let chain: DevChain;
let folder: string;
const addressOf = (key: Hex): Address => privateKeyToAccount(key).address;

/** Runs `oml` as the holder of a key would, and reads the JSON that it prints. */
async function oml(key: Hex, ...argv: string[]): Promise<{ code: number; value: Record<string, never>; err: string }> {
  let [out, err] = ['', ''];
  const keyFile = join(folder, `${addressOf(key)}.key`);
  await writeFile(keyFile, `${key}\n`, { mode: 0o600 });
  const isShown = argv[1] === 'show';
  const about = [
    '--rpc',
    chain.rpcUrl,
    '--deployment',
    chain.deploymentPath,
    ...(isShown ? [] : ['--key-file', keyFile]),
  ];
  const code = await runCli([...argv, ...about, '--json'], {
    write: (text) => (out += text),
    tell: (text) => (err += text),
    isTerminal: false,
  });
  return { code, value: out ? JSON.parse(out) : {}, err };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oml-report-'));
  chain = await startDevChain({ secondsPerBlock: 1, parameters: { appealWindow: '8n' } });
  const { token, verifierRegistry } = chain.deployment.contracts;
  for (const key of [HOLDER, REPORTER, JUROR]) {
    const mint = { functionName: 'mint', args: [addressOf(key), 200_000_000n] };
    await chain.as(key).send({ address: token, abi: devDollarAbi, ...mint });
  }
  const juror = chain.as(JUROR);
  const registry = { address: verifierRegistry, abi: verifierRegistryAbi };
  await juror.send({
    address: token,
    abi: devDollarAbi,
    functionName: 'approve',
    args: [verifierRegistry, maxUint256],
  });
  await juror.send({ ...registry, functionName: 'stake', args: [60_000_000n, zeroHash] });
  await juror.send({ ...registry, functionName: 'enrol', args: [3] });
});
afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('oml name', () => {
  it('claims a name, points it, shows it, gives it away and up', async () => {
    expect(await oml(HOLDER, 'name', 'claim', 'open-tales')).toMatchObject({
      code: 0,
      value: { name: 'open-tales', holder: addressOf(HOLDER), modelId: '0', tx: expect.stringMatching(/^0x/) },
    });
    expect(await oml(REPORTER, 'name', 'claim', 'open-tales')).toMatchObject({
      code: 1,
      value: { error: { code: 'CONFLICT' } },
    });
    expect((await oml(HOLDER, 'name', 'point', 'open-tales', '0')).code).toBe(0);
    expect(await oml(HOLDER, 'name', 'point', 'open-tales', '7')).toMatchObject({
      code: 1,
      value: { error: { code: 'CHAIN_REVERTED' } },
    });
    expect((await oml(HOLDER, 'name', 'transfer', 'open-tales', addressOf(REPORTER))).code).toBe(0);
    expect((await oml(HOLDER, 'name', 'show', 'open-tales')).value).toMatchObject({
      holder: addressOf(REPORTER),
      reports: 0,
    });
    expect((await oml(REPORTER, 'name', 'give-up', 'open-tales')).code).toBe(0);
    expect((await oml(HOLDER, 'name', 'show', 'open-tales')).value).toMatchObject({ holder: null });
  });

  it('refuses what is no name before anything is sent', async () => {
    expect(await oml(HOLDER, 'name', 'claim', 'Open--Tales')).toMatchObject({
      code: 1,
      err: expect.stringContaining('3 to 32 of a-z'),
    });
  });
});

describe('oml report', () => {
  it('files a report, sees it through its committee, and closes it', async () => {
    await oml(HOLDER, 'name', 'claim', 'acme');
    const filed = await oml(REPORTER, 'report', 'file', '--name', 'acme', '--domain', 'acme.com', '--note', 'ours');
    expect(filed).toMatchObject({ code: 0, value: { reportId: '1', cost: '13000000' } });
    // Draws as soon as the round is there, then waits for the votes.
    await until('the draw', async () => {
      const { value } = await oml(REPORTER, 'report', 'close', '1');
      return String(value['waitsFor']).startsWith('the votes') ? true : undefined;
    });
    await vote(1n, REPORT_OUTCOME.UPHELD);
    expect((await oml(REPORTER, 'report', 'show', '1')).value).toMatchObject({
      kind: 'name',
      state: 'heard',
      committee: { seats: 3, votes: { upheld: 3 } },
    });
    const { value } = await oml(REPORTER, 'report', 'close', '1');
    expect(value).toMatchObject({
      done: [{ step: 'count' }, { step: 'decide' }],
      waitsFor: expect.stringContaining('appeal'),
    });
    await until('the end', async () =>
      (await oml(REPORTER, 'report', 'close', '1')).value['waitsFor'] === null ? true : undefined,
    );
    expect((await oml(REPORTER, 'report', 'show')).value).toMatchObject({
      reports: [{ state: 'closed', outcome: 'upheld', accused: addressOf(HOLDER) }],
    });
    expect((await oml(HOLDER, 'name', 'show', 'acme')).value).toMatchObject({ holder: null });
  });

  it('takes a verdict to the arbitrator', async () => {
    await oml(HOLDER, 'name', 'claim', 'globex');
    await oml(REPORTER, 'report', 'file', '--name', 'globex');
    await until('the draw', async () => {
      const { value } = await oml(REPORTER, 'report', 'close', '2');
      return String(value['waitsFor']).startsWith('the votes') ? true : undefined;
    });
    await vote(2n, REPORT_OUTCOME.DISMISSED);
    await oml(REPORTER, 'report', 'close', '2');
    expect((await oml(REPORTER, 'report', 'appeal', '2')).value).toMatchObject({ fee: '1000000000000000' });
    expect((await oml(REPORTER, 'report', 'show', '2')).value).toMatchObject({
      state: 'appealed',
      outcome: 'dismissed',
    });
  });

  it('says what is missing', async () => {
    expect(await oml(REPORTER, 'report', 'file')).toMatchObject({
      code: 1,
      err: expect.stringContaining('--endpoint'),
    });
    expect(await oml(REPORTER, 'report', 'show', '99')).toMatchObject({ value: { error: { code: 'NOT_FOUND' } } });
    expect(await oml(REPORTER, 'report', 'show', 'one')).toMatchObject({
      value: { error: { code: 'REQUEST_INVALID' } },
    });
  });
});

/** The one juror, who holds every seat, votes. */
async function vote(committeeId: bigint, said: number): Promise<void> {
  const { chainId, contracts } = chain.deployment;
  const committees = { address: contracts.committees, abi: committeesAbi };
  const mine = { committeeId, juror: addressOf(JUROR), vote: said, evidenceHash: zeroHash, salt: SALT };
  const commitment = voteCommitment(mine, { chainId, committees: contracts.committees });
  await chain.as(JUROR).send({ ...committees, functionName: 'commitVote', args: [committeeId, commitment] });
  const args = [committeeId, said, SALT, zeroHash, ''];
  await chain.as(JUROR).send({ ...committees, functionName: 'revealVote', args });
}
