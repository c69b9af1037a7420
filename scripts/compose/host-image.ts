// Does what apps/gateway/Dockerfile says in empty folders, and runs a host in what comes of it, as the guide has it.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseEther, sha256, type Address } from 'viem';
import { controlsOf, freePort, startChain, waitFor } from '../../apps/gateway/test-support/chain-fixture.ts';
import { giveDollars, publishModel } from '../../apps/gateway/test-support/host-fixture.ts';
import { honestFiles, openPublisher, packed } from '../../apps/gateway/test-support/publisher.ts';
import { root } from '../stack/layout.ts';
import { contextOf, readDockerfile } from './dockerfile.ts';
import { buildImage, runImage, type Image } from './image.ts';

const HELP = `npm run dockerfile -w @oml/gateway [-- options]

Does what apps/gateway/Dockerfile says in empty folders, with no container engine, and runs a host in what comes of it,
as the guide for hosts has it: keys, a license, host up. Ends with 0 once that answers /health. Needs Linux, unshare of
util-linux, and the registry of npm or its cache; takes minutes.

  --help  this text`;
if (parseArgs({ options: { help: { type: 'boolean', default: false } } }).values.help) {
  console.log(HELP);
  process.exit(0);
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
const files = contextOf(listed.stdout.toString().trim().split('\n'), read('.dockerignore'));

/** What a command of the image says, and how it ended. */
async function oml(image: Image, ...args: string[]): Promise<{ status: number | null; said: string }> {
  const child = runImage(image, args);
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (said += String(text)));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, said };
}

/** Takes a license of a model that is published for it, with what the image makes alone. */
async function takeLicense(image: Image, chain: Awaited<ReturnType<typeof startChain>>, port: number): Promise<void> {
  const publisher = await openPublisher(chain);
  publisher.cards.set(await publishModel(chain, 'fable-mini', publisher.url), 'Fable');
  const deployment = '/data/deployment.json';
  copyFileSync(chain.deploymentPath, join(image.root, deployment));
  chmodSync(join(image.root, deployment), 0o644);
  const { said } = await oml(image, 'host', 'keys', '--json');
  const { keys } = JSON.parse(said) as { keys: { name: string; address: Address }[] };
  for (const { name, address } of keys)
    if (name === 'host' || name === 'gas') await controlsOf(chain).setBalance({ address, value: parseEther('10') });
  await giveDollars(chain, keys.find(({ name }) => name === 'host')!.address);
  const where = ['--rpc', chain.rpcUrl, '--deployment', deployment, '--port', String(port)];
  const up = ['host', 'up', '--model', 'fable', '--endpoint', `http://127.0.0.1:${port}`, ...where, '--prepare'];
  await oml(image, ...up, '--timeout', '1');
  await publisher.deliver(1n);
  await publisher.recordFile(1n, sha256(packed(honestFiles())));
  const taken = await oml(image, ...up);
  publisher.stop();
  if (taken.status !== 0) throw new Error(`no license: ${taken.said}`);
}

const since = Date.now();
const seconds = () => `${((Date.now() - since) / 1_000).toFixed(0)} s`;
const scratch = mkdtempSync(join(tmpdir(), 'oml-image-'));
const say = (line: string): void => console.log(line);
const chain = await startChain();
try {
  const steps = readDockerfile(read('apps/gateway/Dockerfile'));
  const image = await buildImage({ steps, context: root, files, scratch, say });
  say(
    `built in ${seconds()}; ${
      spawnSync('du', ['-sh', join(image.root, 'oml')])
        .stdout.toString()
        .split('\t')[0]
    }`,
  );
  const port = await freePort();
  await takeLicense(image, chain, port);
  const host = runImage({ ...image, env: { ...image.env, METRICS_PORT: '0' } });
  let said = '';
  for (const stream of [host.stdout!, host.stderr!]) stream.on('data', (text) => (said += String(text)));
  const health = () => fetch(`http://127.0.0.1:${port}/health`);
  await waitFor(async () => (await health()).ok, 120_000).catch(() => {
    throw new Error(`it does not answer: ${said}`);
  });
  say(`/health: ${await (await health()).text()}`);
  const models = (await (await fetch(`http://127.0.0.1:${port}/v1/models`)).json()) as { data: { id: string }[] };
  say(`/v1/models: ${models.data.map(({ id }) => id).join(', ')}; ${seconds()} in all`);
  host.kill('SIGKILL'); // `unshare` passes nothing else on
  await new Promise((resolve) => host.once('close', resolve));
} finally {
  await chain.stop();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(0);
