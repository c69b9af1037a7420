import { join } from 'node:path';
import { actors, devSecret, type Role } from './actors.ts';
import { databaseUrl, deploymentPath, inState, ports, root, urlOf, type PartName } from './layout.ts';
import type { Hex } from 'viem';
import type { Part } from './processes.ts';

/** What every part and command is told of the chain. */
export const common = { RPC_URL: urlOf('chain'), OML_DEPLOYMENT: deploymentPath };

/** What the admin endpoints of this stack ask for. */
export const adminToken = devSecret('admin token');

const app = (name: PartName, folder: string, env: Record<string, string>): Part => ({
  name,
  command: process.execPath,
  args: [`${root}/apps/${folder}/src/main.ts`],
  env: { ...common, PORT: String(ports[name]), DATA_DIR: inState(name.replaceAll(' ', '-')), ...env },
});

export const indexer = () =>
  app('indexer', 'indexer', {
    DATABASE_URL: databaseUrl,
    CONFIRMATIONS: '0',
    VERIFIER_URLS: urlOf('verifier'),
    MAIL_DIR: inState('mail'),
  });

const publisherOf = (name: 'publisher' | 'child publisher', agent: Role, owners: readonly Role[]): Part =>
  app(name, 'publisher', {
    OWNER_SECRET: devSecret(name === 'publisher' ? 'owner secret' : `${name} secret`),
    AGENT_KEY: actors[agent].key,
    PUBLIC_URL: urlOf(name),
    OWNERS: owners.map((owner) => actors[owner].address).join(','),
    ORIGINS: [urlOf('web'), urlOf('web').replace('127.0.0.1', 'localhost')].join(','),
    // Gas costs nothing here, and the story's owners are to see their money.
    PAYOUT_MIN: '1',
    PAYOUT_EVERY_SECONDS: '2',
  });

export const publisher = () => publisherOf('publisher', 'publisher', ['owner', 'browserBuyer']);
/** Of the second owner, who builds on a model of the first, and of one who plants another's fingerprints. */
export const childPublisher = () => publisherOf('child publisher', 'childPublisher', ['childOwner', 'planter']);

const verifierOf = (name: 'verifier' | 'first juror' | 'second juror', role: Role, tickets: number): Part =>
  app(name, 'verifier', {
    VERIFIER_KEY: actors[role].key,
    SEALING_SEED: devSecret(`${name} sealing`),
    OML_ADMIN_TOKEN: adminToken,
    AUDIT_EVERY_SECONDS: '0',
    TICKETS: String(tickets),
  });

/** Sits on the committee of whatever is reported while the stack runs. */
export const verifier = () => verifierOf('verifier', 'verifier', 1);
/** More of them, who hear blames of what the first one claims: it is a party there. Three seats need them both. */
export const jurors = () => [verifierOf('first juror', 'firstJuror', 2), verifierOf('second juror', 'secondJuror', 2)];

export const web = (): Part => ({
  name: 'web',
  command: process.execPath,
  args: [`${root}/apps/web/serve.ts`, '-p', String(ports.web), '-H', '127.0.0.1'],
  cwd: `${root}/apps/web`,
  env: {
    ...common,
    DATABASE_URL: databaseUrl,
    PUBLISHER_URL: urlOf('publisher'),
    VERIFIER_URL: urlOf('verifier'),
    NODE_ENV: 'production',
  },
});

type HostName = 'honest' | 'tardy' | 'cheating' | 'baited' | 'defiant' | 'drained';

export interface Host {
  part: `${HostName} gateway`;
  account: `${HostName}Host`;
  gas: `${HostName}Gas`;
  /** Who signs its receipts, where that key pays for something itself. */
  signer?: Role;
  /** What runs for it; the product's gateway if not said. */
  program?: string;
  /** What its gateway reads beside the usual. */
  env?: Record<string, string>;
}

export const hosts: readonly Host[] = [
  { part: 'honest gateway', account: 'honestHost', gas: 'honestGas' },
  { part: 'tardy gateway', account: 'tardyHost', gas: 'tardyGas', program: 'scripts/stack/tardy-host.ts' },
  { part: 'cheating gateway', account: 'cheatingHost', gas: 'cheatingGas' },
];

/** Of the blames: one is delivered a bait, one cheats and blames what it was delivered all the same. */
export const baitedHost: Host = {
  part: 'baited gateway',
  account: 'baitedHost',
  gas: 'baitedGas',
  signer: 'baitedSigner',
  env: { BLAME_DEPOSIT_LIMIT: '5000000' },
};
export const defiantHost: Host = { part: 'defiant gateway', account: 'defiantHost', gas: 'defiantGas' };
/** Of the outage. */
export const drainedHost: Host = { part: 'drained gateway', account: 'drainedHost', gas: 'drainedGas' };

const signerKey = ({ account, signer }: Host): Hex => (signer ? actors[signer].key : devSecret(`${account} signer`));

/** What a host needs to accept licenses; the gateway process itself never sees the account's key. */
export const hostEnv = (host: Host): Record<string, string> => ({
  ...common,
  DATA_DIR: inState(host.part.replaceAll(' ', '-')),
  HOST_KEY: actors[host.account].key,
  SIGNER_KEY: signerKey(host),
  GAS_KEY: actors[host.gas].key,
  SEALING_SEED: devSecret(`${host.account} sealing`),
});

export const gateway = (host: Host): Part => ({
  ...app(host.part, 'gateway', {
    HOST_ACCOUNT: actors[host.account].address,
    SIGNER_KEY: signerKey(host),
    GAS_KEY: actors[host.gas].key,
    PUBLIC_URL: urlOf(host.part),
    // Each of these is the one gateway of its licenses.
    CREDIT_STRANGERS: 'true',
    // Claims wait seconds here, where they wait a day elsewhere.
    COLLECT_AFTER: '2',
    ...host.env,
  }),
  ...(host.program ? { args: [join(root, host.program)] } : {}),
});
