import { devDollarAbi, licenseRegistryAbi, titleBondsAbi } from '@oml/contracts/abis';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { createBuyer } from '@oml/sdk/buyer';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { parseEventLogs, sha256, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, HOST, KEYS, OWNER, startChain, waitFor, type TestChain } from '../../test-support/chain-fixture.ts';
import { giveDollars, MODELS, publishModel, startGateway } from '../../test-support/host-fixture.ts';
import { honestFiles, openPublisher, packed, type TestPublisher } from '../../test-support/publisher.ts';
import { buyerOptions } from '../../test-support/scene.ts';

const SEED: Hex = `0x${'5e'.repeat(32)}`;
const FOLDER = join(MODELS, 'fable-mini');
const LEAK_BOND = 3_000_000n;
let chain: TestChain;
let publisher: TestPublisher;
let modelId: bigint;
let dataDir: string;

beforeAll(async () => {
  chain = await startChain({}, { isMixed: true });
  await giveDollars(chain, HOST.address);
  await giveDollars(chain, BUYER.address);
  publisher = await openPublisher(chain);
  modelId = await publishModel(chain, 'fable-mini', publisher.url, LEAK_BOND);
  dataDir = mkdtempSync(join(chain.scratch, 'host-'));
});
afterAll(async () => {
  publisher?.stop();
  await chain?.stop();
});

interface Ended {
  status: number | null;
  out: string;
  err: string;
}

function runOnboard(flags: string[], extra: Record<string, string> = {}): Promise<Ended> {
  const keys = { HOST_KEY: KEYS.HOST, SIGNER_KEY: KEYS.SIGNER, SEALING_SEED: SEED };
  const env = {
    ...process.env,
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    DATA_DIR: dataDir,
    ...keys,
    ...extra,
  };
  const args = [
    '--model-id',
    String(modelId),
    '--name',
    'fable',
    '--endpoint',
    'http://127.0.0.1:4301',
    '--json',
    ...flags,
  ];
  const child = spawn(process.execPath, [join(import.meta.dirname, '../onboard.ts'), ...args], { env });
  const ended: Ended = { status: null, out: '', err: '' };
  child.stdout.on('data', (chunk) => (ended.out += chunk));
  child.stderr.on('data', (chunk) => (ended.err += chunk));
  return new Promise((resolve) => child.once('close', (status) => resolve({ ...ended, status })));
}

async function postTitle(): Promise<void> {
  const { send, deployment } = chain.as(KEYS.OWNER);
  const { token, titleBonds } = deployment.contracts;
  await giveDollars(chain, OWNER.address);
  await send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [titleBonds, 20_000_000n] });
  await send({ address: titleBonds, abi: titleBondsAbi, functionName: 'post', args: [modelId, 20_000_000n] });
}

const licenseOf = () => {
  const { publicClient, deployment } = chain.as(KEYS.HOST);
  return publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'licenseOf',
    args: [HOST.address, modelId, TERMS_KIND.SERVE],
  });
};

const stateOf = async (licenseId: bigint) => {
  const { publicClient, deployment } = chain.as(KEYS.HOST);
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  return (await publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] })).state;
};

describe('onboard', () => {
  it('names every flag that it lacks or does not understand', async () => {
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, [join(import.meta.dirname, '../onboard.ts'), ...args], { env: {} });
    await expect(run('--price', '1500')).rejects.toMatchObject({
      code: 1,
      stderr: 'REQUEST_INVALID: --model-id is missing; --name is missing; --endpoint is missing. Run with --help.\n',
    });
    const odd = run('--model-id', 'fable', '--name', 'fable', '--price', '1e3', '--endpoint', 'here');
    await expect(odd).rejects.toMatchObject({
      stderr: expect.stringMatching(/^REQUEST_INVALID: --model-id: .*; --price: .*; --endpoint: /),
    });
  });

  it('refuses an endpoint that nobody would ask, before it spends anything', async () => {
    for (const endpoint of ['http://me:secret@host.example', 'http://host.example:25']) {
      const { status, err } = await runOnboard(['--price', '1500', '--endpoint', endpoint]);
      expect(status).toBe(1);
      expect(err).toContain('ADDRESS_REFUSED');
    }
    expect(await licenseOf()).toBe(0n);
  });

  it('finds its files from where npm is called, which runs it elsewhere', async () => {
    const root = join(import.meta.dirname, '../../../..');
    const near = (file: string) => relative(root, file);
    const run = (OML_DEPLOYMENT: string) => {
      const flags = [
        '--model-id',
        String(modelId),
        '--name',
        'fable',
        '--price',
        '1',
        '--endpoint',
        'http://127.0.0.1:4301',
      ];
      const keys = { HOST_KEY: KEYS.HOST, SIGNER_KEY: KEYS.SIGNER, SEALING_SEED: SEED };
      // As `npm run -w` sets it: where the person is, while the script is in the folder of its workspace.
      const env = { ...keys, INIT_CWD: root, RPC_URL: chain.rpcUrl, DATA_DIR: near(dataDir), OML_DEPLOYMENT };
      return promisify(execFile)(process.execPath, ['src/onboard.ts', ...flags], {
        cwd: join(root, 'apps/gateway'),
        env,
      });
    };
    await expect(run(near(chain.deploymentPath))).rejects.toMatchObject({
      stderr: expect.stringContaining('at least'),
    });
    await expect(run('nowhere/deployment.json')).rejects.toMatchObject({
      stderr: expect.stringContaining(`There is no file ${join(root, 'nowhere/deployment.json')}`),
    });
  });

  it('refuses a price below the floor before it spends anything', async () => {
    const { status, err } = await runOnboard(['--price', '999']);
    expect(status).toBe(1);
    expect(err).toContain('REQUEST_INVALID');
    expect(await licenseOf()).toBe(0n);
  });

  it('stops where the edition is not delivered, saying that trying again helps', async () => {
    const { status, err } = await runOnboard(['--price', '1500', '--timeout', '1']);
    expect(status).toBe(75);
    expect(err).toContain('UNAVAILABLE');
    expect(await licenseOf()).toBe(1n);
  });

  it('refuses an edition that writes outside of its folder', async () => {
    await publisher.deliver(
      1n,
      Object.fromEntries(Object.entries(honestFiles()).map(([name, bytes]) => [`../${name}`, bytes])),
    );
    const { status, err } = await runOnboard(['--price', '1500', '--timeout', '5']);
    expect(status).toBe(1);
    expect(err).toContain('EDITION_INVALID');
    await publisher.deliver(1n);
  });

  it('refuses an edition that was sealed to another key', async () => {
    const { status, err } = await runOnboard(['--price', '1500', '--timeout', '5'], {
      SEALING_SEED: `0x${'77'.repeat(32)}`,
    });
    expect(status).toBe(1);
    expect(err).toContain('EDITION_INVALID');
  });

  it('goes on where it stopped: one license, one bond, an edition that is the recorded file to the byte', async () => {
    await postTitle();
    const early = await runOnboard(['--price', '1500']);
    expect(early.status).toBe(75);
    expect(early.err).toContain('has not recorded the digest');
    await publisher.recordFile(1n, sha256(packed(honestFiles())));
    await publisher.deliver(1n, { ...honestFiles(), 'tokenizer.json': Buffer.from('{"crafted":true}') });
    const crafted = await runOnboard(['--price', '1500']);
    expect(crafted.status).toBe(1);
    expect(crafted.err).toContain('EDITION_INVALID: The edition is not the file that');
    expect(await stateOf(1n)).toBe(LICENSE_STATE.DELIVERED);
    await publisher.deliver(1n);
    const { status, out, err } = await runOnboard(['--price', '1500']);
    expect(err).toContain('checked against the chain');
    expect(err).toContain("the model's title bond covers license 1 for 10.00");
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      modelId: String(modelId),
      licenseId: '1',
      account: HOST.address,
      kind: 'language',
      folder: 'editions/1',
    });
    const { publicClient, deployment } = chain.as(KEYS.HOST);
    const logs = await publicClient.getContractEvents({
      address: deployment.contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      fromBlock: 0n,
    });
    const count = (
      eventName: 'BondDeposited' | 'SignerBound' | 'LicenseAccepted' | 'LicenseActivated' | 'VaultDeployed',
    ) => parseEventLogs({ abi: licenseRegistryAbi, eventName, logs }).length;
    expect([
      count('BondDeposited'),
      count('SignerBound'),
      count('LicenseAccepted'),
      count('LicenseActivated'),
      count('VaultDeployed'),
    ]).toEqual([1, 1, 1, 1, 1]);
    const license = await publicClient.readContract({
      address: deployment.contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'license',
      args: [1n],
    });
    expect([license.state, license.leakBond]).toEqual([LICENSE_STATE.ACTIVE, LEAK_BOND]);
  });

  it('run again, changes the price and nothing else', async () => {
    const { status, err } = await runOnboard(['--price', '1700']);
    expect(status).toBe(0);
    expect(err).toContain('is in place');
    expect(JSON.parse(readFileSync(join(dataDir, 'licenses.json'), 'utf8'))).toEqual([
      { model: 'fable', kind: 'language', licenseId: '1', price: '1700', folder: 'editions/1' },
    ]);
  });

  it('makes a gateway that serves', async () => {
    const keys = { SIGNER_KEY: KEYS.SIGNER, GAS_KEY: KEYS.GAS, HOST_ACCOUNT: HOST.address };
    const gateway = await startGateway({
      RPC_URL: chain.rpcUrl,
      OML_DEPLOYMENT: chain.deploymentPath,
      PORT: '0',
      DATA_DIR: dataDir,
      PUBLIC_URL: 'http://127.0.0.1:4301',
      ...keys,
    });
    const { text } = await createBuyer(buyerOptions(chain)).complete(gateway.url, {
      model: 'fable',
      prompt: 'Once upon a time',
      maxTokens: 4,
    });
    expect(text.length).toBeGreaterThan(0);
    await gateway.stop();
  });

  it('replaces an edition that was damaged on disk', async () => {
    writeFileSync(join(dataDir, 'editions/1/model.onnx'), 'damaged');
    const { status, err } = await runOnboard(['--price', '1700']);
    expect(status).toBe(0);
    expect(err).toContain('checked against the chain');
    await waitFor(async () =>
      readFileSync(join(dataDir, 'editions/1/model.onnx')).equals(readFileSync(join(FOLDER, 'model.onnx'))),
    );
  });

  it('fetches again an edition whose delivered file was not kept', async () => {
    const kept = join(dataDir, 'editions/1/edition.oml');
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    rmSync(kept);
    const { status, err } = await runOnboard(['--price', '1700']);
    expect(status).toBe(0);
    expect(err).toContain('checked against the chain');
    expect(readFileSync(kept)).toEqual(Buffer.from(packed(honestFiles())));
  });
});
