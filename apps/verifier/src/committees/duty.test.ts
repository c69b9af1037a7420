import { committeesAbi, devDollarAbi, leakCourtAbi, namesAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { COMMITTEE_STATE, REPORT_OUTCOME, REPORT_STATE } from '@oml/protocol/chain/report-state';
import { nameCommitment, nameId } from '@oml/protocol/evidence/name';
import { DOMAIN_NAMES_PATH, inlineEvidence } from '@oml/protocol/wire/report-evidence';
import { createLogger } from '@oml/service/logger';
import { devKey, startDevChain } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keccak256, maxUint256, stringToHex, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, KEYS, type DevChain } from '../../test-support/dev-chain.ts';
import { cleanModel, fund, publishMarked, type MarkedModel } from '../../test-support/market.ts';
import { dieAfterEveryStep, stepsOf } from '../../test-support/die-after-every-step.ts';
import { runOml } from '../../test-support/oml-command.ts';
import { serveUnsigned } from '../../test-support/unsigned.ts';
import { readVerifierOptions } from '../options.ts';
import { createVerifier, type Verifier } from '../verifier.ts';

const JURORS = [devKey(11), devKey(12), devKey(13)];
const SALT = keccak256('0x5a17');

const logger = createLogger('duty-test');
logger.level = process.env['LOG_LEVEL'] ?? 'silent';
let chain: DevChain;
let marked: MarkedModel;
let jurors: Verifier[] = [];
const stops: (() => void | Promise<void>)[] = [];

const openJuror = (key: Hex, i: number, more: Record<string, string> = {}): Promise<Verifier> =>
  createVerifier(
    readVerifierOptions({
      RPC_URL: chain.rpcUrl,
      OML_DEPLOYMENT: chain.deploymentPath,
      PORT: '0',
      DATA_DIR: mkdtempSync(join(tmpdir(), 'juror-')),
      VERIFIER_KEY: key,
      SEALING_SEED: keccak256(stringToHex(`juror ${i}`)),
      OML_ADMIN_TOKEN: 'a token for this test',
      TICKETS: '1',
      ...more,
    }),
    chain.deployment,
    logger,
  );

/** An endpoint that serves a model as anybody would, and signs nothing. */
async function unsigned(weights: Uint8Array): Promise<string> {
  const { url, stop } = await serveUnsigned(weights);
  stops.push(stop);
  return url;
}

const court = () => ({ address: chain.deployment.contracts.leakCourt, abi: leakCourtAbi }) as const;
const committees = () => ({ address: chain.deployment.contracts.committees, abi: committeesAbi }) as const;
const names = () => ({ address: chain.deployment.contracts.names, abi: namesAbi }) as const;
const reader = () => chain.as(KEYS.OUTSIDER).publicClient;
const report = (id: bigint) => reader().readContract({ ...court(), functionName: 'report', args: [id] });
const lastReport = () => reader().readContract({ ...court(), functionName: 'reportCount' });

/** What the contracts told of a step that `oml` sent. */
interface Told {
  effects: { event: string; args: { reportId: string } }[];
}

/** Runs `oml` with this chain as its reporter would. */
async function oml<T>(...argv: string[]): Promise<T> {
  const about = ['--rpc', chain.rpcUrl, '--deployment', chain.deploymentPath, '--json'];
  return JSON.parse((await runOml(chain, ...argv, ...about)).out) as T;
}

async function reportLeak(endpoint: string): Promise<bigint> {
  const reporter = chain.as(KEYS.OUTSIDER);
  const params = {
    modelId: marked.modelId,
    licenseId: 0n,
    endpoint,
    ...inlineEvidence({ note: 'sold off the books' }),
  };
  await reporter.send({ ...court(), functionName: 'reportLeak', args: [params] });
  return lastReport();
}

const balances = () =>
  Promise.all(
    JURORS.map((key) =>
      reader().readContract({
        address: chain.deployment.contracts.token,
        abi: devDollarAbi,
        functionName: 'balanceOf',
        args: [chain.as(key).account!.address],
      }),
    ),
  );

/** Until the jurors have had their votes counted and the verdict applied. */
const decided = (id: bigint) =>
  until(
    'the verdict',
    async () => {
      const found = await report(id);
      return found.state === REPORT_STATE.DECIDED ? found : undefined;
    },
    { timeoutMs: 240_000, everyMs: 500 },
  );

beforeAll(async () => {
  // Time enough to look, on a machine that is busy with other tests.
  const parameters = { voteWindow: '300n', exitDelay: '1000n' };
  chain = await startDevChain({ secondsPerBlock: 1, parameters });
  marked = await publishMarked(chain, KEYS.OWNER);
  for (const key of [...JURORS, KEYS.OUTSIDER, KEYS.HOST]) await fund(chain, key, 100n);
  for (const key of [KEYS.OUTSIDER, KEYS.HOST])
    for (const spender of [court().address, names().address])
      await chain.as(key).send({
        address: chain.deployment.contracts.token,
        abi: devDollarAbi,
        functionName: 'approve',
        args: [spender, maxUint256],
      });
  jurors = await Promise.all(JURORS.map((key, i) => openJuror(key, i)));
  for (const juror of jurors) await juror.start();
  await until('the tickets', async () =>
    (await reader().readContract({
      address: chain.deployment.contracts.verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: 'ticketCount',
    })) === 3n
      ? true
      : undefined,
  );
});

afterAll(async () => {
  await Promise.all(jurors.map((juror) => juror.stop()));
  for (const stop of stops) await stop();
  marked?.publisher.stop();
  await chain?.stop();
});

describe('a committee of verifiers', () => {
  it('upholds a report of an endpoint that serves the model unsigned, and is paid', async () => {
    const keyFile = join(chain.scratch, 'reporter.key');
    await writeFile(keyFile, KEYS.OUTSIDER, { mode: 0o600 });
    const about = ['--endpoint', await unsigned(marked.marked), '--model-id', String(marked.modelId)];
    const before = await balances();
    const { steps } = await oml<{ steps: Told[] }>('report', 'file', ...about, '--key-file', keyFile);
    const { reportId } = steps.flatMap(({ effects }) => effects).find(({ event }) => event === 'LeakReported')!.args;
    const { outcome, committeeId } = await decided(BigInt(reportId));
    expect(outcome).toBe(REPORT_OUTCOME.UPHELD);
    expect(await oml('report', 'show', reportId)).toMatchObject({
      state: 'decided',
      outcome: 'upheld',
      committee: { state: 'counted', votes: { upheld: 3 } },
    });
    const heard = await reader().readContract({ ...committees(), functionName: 'committee', args: [committeeId] });
    expect(heard).toMatchObject({ state: COMMITTEE_STATE.COUNTED, draw: 1, seats: 3, votes: [0, 0, 3, 0] });
    const { fee } = heard;
    expect(fee).toBeGreaterThan(0n);
    await until('the fees, and the deposits of the batches', async () => {
      const after = await balances();
      return after.every((each, i) => each === before[i]! + fee) ? true : undefined;
    });
    expect(marked.publisher.grants).toBe(3); // each with keys of its own
    const { duties } = (await (await jurors[0]!.app.request('/duties')).json()) as { duties: object[] };
    expect(duties[0]).toMatchObject({ committeeId: String(committeeId), draw: 1 });
  });

  it('dismisses a report of an endpoint that serves another model', async () => {
    const { outcome } = await decided(await reportLeak(await unsigned(cleanModel)));
    expect(outcome).toBe(REPORT_OUTCOME.DISMISSED);
  });

  it('dismisses a report of an endpoint that nobody answers at, votes and is paid once though it dies everywhere', async () => {
    const before = await balances();
    const dying = dieAfterEveryStep();
    const { outcome, committeeId } = await decided(await reportLeak(`http://127.0.0.1:${await freePort()}/v1`));
    expect(outcome).toBe(REPORT_OUTCOME.DISMISSED);
    const heard = await reader().readContract({ ...committees(), functionName: 'committee', args: [committeeId] });
    expect(heard.votes.reduce((sum, count) => sum + count, 0)).toBe(JURORS.length);
    await until('the fees, and the deposits of the batches', async () => {
      const after = await balances();
      return after.every((each, i) => each === before[i]! + heard.fee) ? true : undefined;
    });
    const steps = ['draw', 'read', 'batch', 'ask', 'commit', 'open', 'reveal', 'count', 'decide', 'pay'];
    expect(stepsOf(dying.end())).toEqual(expect.arrayContaining(steps));
  });

  it('frees a name that its domain gives to the reporter, and no other', async () => {
    const holder = chain.as(KEYS.HOST);
    const reporter = chain.as(KEYS.OUTSIDER);
    const domains = new Hono();
    domains.get(DOMAIN_NAMES_PATH, (c) => c.json({ names: { localhost: reporter.account!.address } }));
    const port = await freePort();
    const server = serve({ fetch: domains.fetch, port, hostname: '127.0.0.1' });
    stops.push(() => void server.close());
    for (const name of ['localhost', 'another']) {
      const commitment = nameCommitment(
        { name, holder: holder.account!.address, salt: SALT },
        { chainId: chain.deployment.chainId, names: names().address },
      );
      const { blockNumber } = await holder.send({ ...names(), functionName: 'commit', args: [commitment] });
      await until('the next block', async () =>
        (await holder.publicClient.getBlockNumber()) > blockNumber ? true : undefined,
      );
      await holder.send({ ...names(), functionName: 'register', args: [name, 0n, SALT, maxUint256] });
    }
    const reportName = async (name: string) => {
      const { evidenceHash, evidenceUri } = inlineEvidence({ domains: [`localhost:${port}`] });
      await reporter.send({
        ...court(),
        functionName: 'reportName',
        args: [nameId(name), evidenceHash, evidenceUri],
      });
      return lastReport();
    };
    const [own, other] = [await reportName('localhost'), await reportName('another')];
    expect((await decided(own)).outcome).toBe(REPORT_OUTCOME.UPHELD);
    expect((await decided(other)).outcome).toBe(REPORT_OUTCOME.DISMISSED);
  });
});
