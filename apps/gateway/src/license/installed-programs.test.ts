import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, waitFor } from '../../test-support/chain-fixture.ts';
import { gatewayEnv } from '../../test-support/host-fixture.ts';
import { openScene, type Scene } from '../../test-support/scene.ts';

const ROOT = join(import.meta.dirname, '../../../..');
/** Where npm put what a package of ours needs. */
const PLACES = ['apps/cli/node_modules', 'packages/service/node_modules', 'node_modules'];
const run = promisify(execFile);

/** An empty folder into which both were installed, with what they say they need and nothing else. */
let app: string;
let scene: Scene;
let gateway: ChildProcess | undefined;

beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'oml-programs-'));
  const pack = [join(ROOT, 'scripts/pack/pack-programs.ts'), '--out', app];
  const [cli, host] = execFileSync(process.execPath, pack, { encoding: 'utf8' }).trim().split('\n');
  install('@oml/cli', cli!);
  install('@oml/gateway', host!);
  scene = await openScene();
});
afterAll(async () => {
  gateway?.kill('SIGKILL');
  await scene?.chain.stop();
  rmSync(app, { recursive: true, force: true });
});

const folderOf = (name: string): string => join(app, 'node_modules', name);
const manifestOf = (name: string) =>
  JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
    dependencies: Record<string, string>;
  };

/** As npm does it, but for what is here already. */
function install(name: string, tarball: string): void {
  mkdirSync(folderOf(name), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', folderOf(name), '--strip-components=1']);
  for (const needed of Object.keys(manifestOf(name).dependencies)) {
    const link = folderOf(needed);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    const place = PLACES.find((each) => existsSync(join(ROOT, each, needed)))!;
    symlinkSync(join(ROOT, place, needed), link);
  }
}

const commandOf = (name: string, command: string): string => join(folderOf(name), manifestOf(name).bin[command]!);
const env = () => ({ PATH: process.env['PATH'], HOME: app, LOG_LEVEL: 'silent' });
const oml = (...args: string[]) =>
  run(process.execPath, [commandOf('@oml/cli', 'oml'), ...args], { cwd: app, env: env() });

describe('the oml command, from its tarball', () => {
  it('needs nothing of ours beside it, and no file of TypeScript', () => {
    const dependencies = Object.keys(manifestOf('@oml/cli').dependencies);
    expect(dependencies).toEqual(expect.arrayContaining(['commander', 'onnxruntime-node', 'viem']));
    expect(dependencies.filter((name) => name.startsWith('@oml/'))).toEqual([]);
    const packed = execFileSync('find', [folderOf('@oml/cli'), '-name', '*.ts'], { encoding: 'utf8' });
    expect(packed).toBe('');
    expect(readFileSync(commandOf('@oml/cli', 'oml'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('lists its commands, makes keys, reads a model and the chain', async () => {
    expect((await oml('--help')).stdout).toContain('license');
    expect((await oml('pay', 'keys')).stdout).toMatch(/send dollars to 0x[0-9a-fA-F]{40}/);
    const inspected = await oml('file', 'inspect', join(ROOT, 'models/digits/model.onnx'), '--no-run');
    expect(inspected.stdout).toContain('classifier');
    const { rpcUrl, deploymentPath } = scene.chain;
    const listed = await oml('license', 'list', '--rpc', rpcUrl, '--deployment', deploymentPath, '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({ licenses: [{ licenseId: String(scene.listing.licenseId) }] });
  });

  it('starts the programs of a host that are packed with it', async () => {
    await oml('host', 'keys');
    const { rpcUrl, deploymentPath } = scene.chain;
    const doctor = oml('host', 'doctor', '--rpc', rpcUrl, '--deployment', deploymentPath, '--json');
    // It has no license and ends with 1, in the words of the gateway's own program.
    const { stdout, stderr } = (await doctor.catch((error: unknown) => error)) as { stdout: string; stderr: string };
    expect(JSON.parse(stdout)).not.toMatchObject({ error: { code: 'INTERNAL' } });
    expect(`${stdout}${stderr}`).not.toMatch(/not in this installation|Cannot find/);
  });
});

describe('the gateway, from its tarball', () => {
  it('says how its programs are called', async () => {
    const doctor = commandOf('@oml/gateway', 'oml-gateway-doctor');
    expect((await run(process.execPath, [doctor, '--help'], { env: env() })).stdout).toContain('--help');
  });

  it('serves, and says that it is well', async () => {
    const { chain, listing } = scene;
    const port = await freePort();
    const given = { ...env(), ...gatewayEnv(chain, [listing]), PORT: String(port), METRICS_PORT: '0' };
    gateway = spawn(process.execPath, [commandOf('@oml/gateway', 'oml-gateway')], { env: given, stdio: 'ignore' });
    const url = `http://127.0.0.1:${port}`;
    await waitFor(async () => (await fetch(`${url}/health`)).ok);
    const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
    expect(models.data).toMatchObject([{ id: listing.model }]);
  });
});
