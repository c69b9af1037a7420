import { licenseRegistryAbi } from '@oml/contracts/abis';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { KEYS } from './chain-fixture.ts';
import { writeChatModel } from './chat-model.ts';
import { gatewayEnv, startGateway, type RunningGateway } from './host-fixture.ts';
import { openScene, type Scene } from './scene.ts';

const OML = join(import.meta.dirname, '../../cli/src/main.ts');

/** A host that holds conversations and is found on the chain, and a person who has `oml` and no key yet. */
export interface PayScene extends Scene {
  gateway: RunningGateway;
  /** The environment of that gateway, for a replica. */
  env: Record<string, string>;
  dir: string;
  /** Where the chain is, as flags. */
  where: string[];
  oml(...args: string[]): Promise<{ status: number | null; out: string; err: string }>;
  startOml(...args: string[]): ChildProcess;
  stop(): Promise<void>;
}

export async function openPayScene(): Promise<PayScene> {
  const scene = await openScene();
  const { chain, listing } = scene;
  const env = gatewayEnv(chain, [{ ...listing, folder: writeChatModel(join(chain.scratch, 'chatty')) }]);
  const gateway = await startGateway(env);
  const registry = { address: chain.deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const named = { ...registry, functionName: 'setEndpoint', args: [listing.licenseId, gateway.url] } as const;
  await chain.as(KEYS.HOST).send(named);
  const dir = join(chain.scratch, 'pay');
  const running: ChildProcess[] = [];
  // Nothing of this process's environment helps it.
  const startOml = (...args: string[]): ChildProcess => {
    const own = { PATH: process.env['PATH'], HOME: chain.scratch, LOG_LEVEL: 'silent' };
    const child = spawn(process.execPath, [OML, 'pay', ...args, '--dir', dir], { cwd: chain.scratch, env: own });
    running.push(child);
    return child;
  };
  const oml = (...args: string[]): ReturnType<PayScene['oml']> => {
    const child = startOml(...args);
    const ended = { out: '', err: '' };
    child.stdout!.on('data', (chunk) => (ended.out += chunk));
    child.stderr!.on('data', (chunk) => (ended.err += chunk));
    return new Promise((resolve) => child.once('close', (status) => resolve({ ...ended, status })));
  };
  const stop = async () => {
    for (const child of running) child.kill('SIGKILL');
    await gateway.stop();
    await chain.stop();
  };
  const where = ['--rpc', chain.rpcUrl, '--deployment', chain.deploymentPath];
  return { ...scene, gateway, env, dir, where, oml, startOml, stop };
}

/** `oml pay serve`, until it is killed. */
export const servePay = (scene: PayScene, ...flags: string[]): ReturnType<typeof startPay> =>
  startPay(scene, 'serve', '--port', '0', '--json', ...flags);

/** An `oml pay` that listens and says where as JSON, until it is killed. */
export async function startPay(
  scene: PayScene,
  ...args: string[]
): Promise<{ url: string; tokenFile: string; child: ChildProcess; said(): string }> {
  const child = scene.startOml(...args);
  let [out, err] = ['', ''];
  child.stderr!.on('data', (chunk) => (err += chunk));
  const told = await new Promise<{ url: string; tokenFile: string }>((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      out += chunk;
      if (out.trimEnd().endsWith('}')) resolve(JSON.parse(out) as { url: string; tokenFile: string });
    });
    child.once('close', () => reject(new Error(`oml pay ${args[0]} ended: ${err}`)));
  });
  return { ...told, child, said: () => err };
}
