// Seeds the composed stack once: publishes the dearer language model and licenses the host whose gateways serve it.
import { readDeployment } from '@oml/contracts/deployment';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { actors, devSecret } from '../stack/actors.ts';
import { runApp } from '../stack/command.ts';
import { mintDollars } from '../stack/dollars.ts';
import { root } from '../stack/layout.ts';

const need = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`ENV_MISSING: set ${name}.`);
  return value;
};

const hostDir = need('HOST_DIR');
const say = (line: string) => console.error(line);

if (!existsSync(join(hostDir, 'licenses.json'))) {
  await mintDollars({ honestHost: 100_000_000n }, need('RPC_URL'), readDeployment(need('OML_DEPLOYMENT')));
  const shared = { RPC_URL: need('RPC_URL'), OML_DEPLOYMENT: need('OML_DEPLOYMENT') };
  const publishArgs = ['--publisher', need('PUBLISHER'), '--name', 'fable', '--kind', 'language', '--dir', join(root, 'models/fable'), '--floor-price', '2000', '--common', '64', '--tracing', '64', '--bits', '4', '--panel', join(root, 'models/fable-mini'), '--json'];
  const { modelId } = JSON.parse(await runApp('publish', 'apps/publisher/src/publish.ts', publishArgs, { ...shared, OWNER_KEY: actors.owner.key }, say)) as { modelId: string };
  const onboardArgs = ['--model-id', modelId, '--name', 'fable', '--price', '2000', '--bond', '50000000', '--endpoint', need('ENDPOINT'), '--json'];
  await runApp('onboard', 'apps/gateway/src/onboard.ts', onboardArgs, { ...shared, DATA_DIR: hostDir, HOST_KEY: actors.honestHost.key, SIGNER_KEY: `0x${'02'.repeat(32)}`, SEALING_SEED: devSecret('composed host sealing') }, say);
}
