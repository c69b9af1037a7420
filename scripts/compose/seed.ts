// Seeds the composed stack once: publishes the dearer language model and licenses the host whose gateways serve it.
import { readDeployment } from '@oml/contracts/deployment';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { actors, devSecret } from '../stack/actors.ts';
import { runApp } from '../stack/command.ts';
import { mintDollars } from '../stack/dollars.ts';
import { draftOf, publishArguments } from '../stack/publish.ts';

const need = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`ENV_MISSING: set ${name}.`);
  return value;
};

const hostDir = need('HOST_DIR');
const say = (line: string) => console.error(line);

if (!existsSync(join(hostDir, 'licenses.json'))) {
  const dollars = { honestHost: 100_000_000n, publisher: 1_000_000n };
  await mintDollars(dollars, need('RPC_URL'), readDeployment(need('OML_DEPLOYMENT')));
  const shared = { RPC_URL: need('RPC_URL'), OML_DEPLOYMENT: need('OML_DEPLOYMENT') };
  const publishArgs = publishArguments(need('PUBLISHER'), draftOf('fable', ['fable-mini']));
  const { modelId } = JSON.parse(
    await runApp(
      'publish',
      'apps/publisher/src/publish.ts',
      publishArgs,
      { ...shared, OWNER_KEY: actors.owner.key },
      say,
    ),
  ) as { modelId: string };
  const onboardArgs = [
    '--model-id',
    modelId,
    '--name',
    'fable',
    '--price',
    '2000',
    '--endpoint',
    need('ENDPOINT'),
    '--json',
  ];
  await runApp(
    'onboard',
    'apps/gateway/src/onboard.ts',
    onboardArgs,
    {
      ...shared,
      DATA_DIR: hostDir,
      HOST_KEY: actors.honestHost.key,
      SIGNER_KEY: `0x${'02'.repeat(32)}`,
      SEALING_SEED: devSecret('composed host sealing'),
    },
    say,
  );
}
