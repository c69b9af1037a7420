import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { databaseUrl, deploymentPath, root, urlOf } from './layout.ts';
import { step } from './progress.ts';
import { connectRpc, deployment } from './rpc.ts';

const bin = (name: string) => join(root, 'node_modules/.bin', name);

/** Contracts, database client and web app; turbo skips what did not change. */
export async function build(): Promise<void> {
  await runCommand({
    name: 'build',
    command: bin('turbo'),
    args: ['run', 'build', '--no-update-notifier', '--output-logs=errors-only', '--log-order=grouped'],
    env: { TURBO_TELEMETRY_DISABLED: '1' },
  });
}

/** Deploys the contracts where the chain does not hold them yet. */
export async function deploy(): Promise<void> {
  if (await isDeployed()) return;
  await step('deploying the contracts', async () => {
    await runCommand({
      name: 'deploy',
      command: 'npm',
      args: ['run', '-s', 'deploy', '-w', 'contracts', '--', '--out', deploymentPath],
      env: { RPC_URL: urlOf('chain') },
    });
  });
}

async function isDeployed(): Promise<boolean> {
  if (!existsSync(deploymentPath)) return false;
  const code = await connectRpc().getCode({ address: deployment().contracts.claimCourt });
  return code !== undefined;
}

/** Brings the database to the newest schema. */
export async function migrate(): Promise<void> {
  await runCommand({
    name: 'migrate',
    command: 'npm',
    args: ['run', '-s', 'migrate', '-w', '@oml/db'],
    env: { DATABASE_URL: databaseUrl },
  });
}
