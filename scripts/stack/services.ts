import { join } from 'node:path';
import { actors, devSecret } from './actors.ts';
import { databaseUrl, deploymentPath, inState, ports, root, urlOf, type PartName } from './layout.ts';
import type { Part } from './processes.ts';

const common = { RPC_URL: urlOf('chain'), OML_DEPLOYMENT: deploymentPath };

/** What the admin endpoints of this stack ask for. */
export const adminToken = devSecret('admin token');

const app = (name: PartName, folder: string, env: Record<string, string>): Part => ({
  name,
  command: process.execPath,
  args: [`${root}/apps/${folder}/src/main.ts`],
  env: { ...common, PORT: String(ports[name]), DATA_DIR: inState(name.replaceAll(' ', '-')), ...env },
});

export const indexer = () => app('indexer', 'indexer', { DATABASE_URL: databaseUrl, CONFIRMATIONS: '0' });

export const publisher = () =>
  app('publisher', 'publisher', {
    OWNER_SECRET: devSecret('owner secret'),
    AGENT_KEY: actors.publisher.key,
    PUBLIC_URL: urlOf('publisher'),
    OWNERS: [actors.owner, actors.browserBuyer].map(({ address }) => address).join(','),
    // Gas costs nothing here, and the story's owner is to see its money.
    PAYOUT_MIN: '1',
    PAYOUT_EVERY_SECONDS: '2',
  });

export const verifier = () =>
  app('verifier', 'verifier', {
    VERIFIER_KEY: actors.verifier.key,
    SEALING_SEED: devSecret('verifier sealing'),
    OML_ADMIN_TOKEN: adminToken,
    AUDIT_EVERY_SECONDS: '0',
  });

export const web = (): Part => ({
  name: 'web',
  command: process.execPath,
  args: [`${root}/node_modules/next/dist/bin/next`, 'start', '-p', String(ports.web), '-H', '127.0.0.1'],
  cwd: `${root}/apps/web`,
  env: {
    ...common,
    DATABASE_URL: databaseUrl,
    PUBLISHER_URL: urlOf('publisher'),
    VERIFIER_URL: urlOf('verifier'),
    NODE_ENV: 'production',
  },
});

export interface Host {
  part: 'honest gateway' | 'tardy gateway' | 'cheating gateway';
  account: 'honestHost' | 'tardyHost' | 'cheatingHost';
  gas: 'honestGas' | 'tardyGas' | 'cheatingGas';
  /** What runs for it; the product's gateway if not said. */
  program?: string;
}

export const hosts: readonly Host[] = [
  { part: 'honest gateway', account: 'honestHost', gas: 'honestGas' },
  { part: 'tardy gateway', account: 'tardyHost', gas: 'tardyGas', program: 'scripts/stack/tardy-host.ts' },
  { part: 'cheating gateway', account: 'cheatingHost', gas: 'cheatingGas' },
];

/** What a host needs to accept licenses; the gateway process itself never sees the account's key. */
export const hostEnv = ({ part, account }: Host): Record<string, string> => ({
  ...common,
  DATA_DIR: inState(part.replaceAll(' ', '-')),
  HOST_KEY: actors[account].key,
  SIGNER_KEY: devSecret(`${account} signer`),
  SEALING_SEED: devSecret(`${account} sealing`),
});

export const gateway = ({ part, account, gas, program }: Host): Part => ({
  ...app(part, 'gateway', {
    HOST_ACCOUNT: actors[account].address,
    SIGNER_KEY: devSecret(`${account} signer`),
    GAS_KEY: actors[gas].key,
    PUBLIC_URL: urlOf(part),
    // Each of these is the one gateway of its licenses.
    CREDIT_STRANGERS: 'true',
  }),
  ...(program ? { args: [join(root, program)] } : {}),
});
