// Deploys OML and writes the addresses, as packages/protocol/src/chain/deployment.ts reads them.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { deploymentSchema } from '@oml/protocol/chain/deployment';
import { createPublicClient, http } from 'viem';
import { PROFILES } from '../ignition/modules/values.ts';
import { readFlags } from './flags.ts';
import { channelAddresses, checkChannels, placeChannels } from './channels.mjs';
import { placeMulticall3 } from './multicall3.mjs';

const DEV_CHAIN = 31337;
const root = join(import.meta.dirname, '..');
const callerFolder = process.env.INIT_CWD ?? process.cwd();
const HELP = `npm run deploy -w contracts -- --out FILE [options]

Deploys OML to RPC_URL (anvil or a Hardhat node by default). A dev chain gets the module Oml, with everything that it
lacks. Any other chain gets OmlLive with the rates of a profile, and its addresses are kept in deployments/ as well.

  --out FILE         where to write the addresses
  --profile NAME     rates of a chain that is no dev chain: ${Object.keys(PROFILES).join(' or ')}
  --parameters FILE  names token, arbitrator, treasury, proposer and beaconBackdating, or other rates
  --help             this text`;
const options = readFlags(HELP, {
  out: { type: 'string' },
  profile: { type: 'string' },
  parameters: { type: 'string' },
});
if (!options.out) throw new Error('Name the file to write: --out FILE (see --help)');

const rpcUrl = process.env.RPC_URL ?? 'http://127.0.0.1:8545';
const client = createPublicClient({ transport: http(rpcUrl) });
const [chainId, block] = await Promise.all([client.getChainId(), client.getBlockNumber()]);
// A dev chain forgets, and several may run side by side: its journal is of no use to the next run.
const isThrowaway = chainId === DEV_CHAIN;
const moduleName = isThrowaway ? 'Oml' : 'OmlLive';
if (!isThrowaway && !Object.hasOwn(PROFILES, options.profile ?? ''))
  throw new Error(`Chain ${chainId} needs a profile: --profile ${Object.keys(PROFILES).join(' or ')}`);
const deploymentId = isThrowaway ? `chain-${chainId}-${process.pid}` : `chain-${chainId}`;
const journal = join(root, 'ignition/deployments', deploymentId);
const ownCache = mkdtempSync(join(tmpdir(), 'oml-deploy-'));

try {
  await (isThrowaway ? placeMulticall3(client) : checkChannels(client));
  deploy();
  if (isThrowaway) await placeChannels(client);
  const deployment = readAddresses();
  const files = [
    resolve(callerFolder, options.out),
    ...(isThrowaway ? [] : [join(root, 'deployments', `${chainId}.json`)]),
  ];
  for (const file of files) write(file, deployment);
  console.log(`deployed to chain ${chainId}: ${files.join(', ')}`);
} finally {
  rmSync(ownCache, { recursive: true, force: true });
  if (isThrowaway) rmSync(journal, { recursive: true, force: true });
}

function write(file, deployment) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(deployment, null, 2)}\n`);
}

function deploy() {
  const args = [
    '--build-profile',
    'default',
    'ignition',
    'deploy',
    `ignition/modules/${moduleName}.ts`,
    '--network',
    'target',
  ];
  args.push('--deployment-id', deploymentId);
  if (isThrowaway) args.push('--reset');
  args.push('--parameters', writeParameters());
  const sharedCache = join(root, 'cache');
  if (existsSync(sharedCache)) cpSync(sharedCache, ownCache, { recursive: true });
  const env = {
    ...process.env,
    RPC_URL: rpcUrl,
    OML_HARDHAT_CACHE: ownCache,
    HARDHAT_IGNITION_CONFIRM_DEPLOYMENT: 'true',
    HARDHAT_IGNITION_CONFIRM_RESET: 'true',
  };
  const { status, stdout, stderr, error } = spawnSync('hardhat', args, {
    cwd: root,
    env,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (error || status !== 0)
    throw new Error(`The deployment failed.\n${stdout ?? ''}\n${stderr ?? ''}`, { cause: error });
}

/** The rates of the profile, and above them what the caller's own file says. */
function writeParameters() {
  const named = options.parameters ? JSON.parse(readFileSync(resolve(callerFolder, options.parameters), 'utf8')) : {};
  const rates = isThrowaway ? {} : PROFILES[options.profile];
  const file = join(ownCache, 'parameters.json');
  // Ignition reads a number that ends in n as a bigint.
  const text = (_, value) => (typeof value === 'bigint' ? `${value}n` : value);
  writeFileSync(file, JSON.stringify({ ...named, [moduleName]: { ...rates, ...named[moduleName] } }, text));
  return file;
}

/** What Ignition deployed or was pointed to, under the names that packages/protocol knows. */
function readAddresses() {
  const addresses = JSON.parse(readFileSync(join(journal, 'deployed_addresses.json'), 'utf8'));
  const of = (name) => addresses[`${moduleName}#${name}`];
  return deploymentSchema.parse({
    chainId,
    deployedAtBlock: Number(block),
    contracts: {
      token: of(isThrowaway ? 'DevDollar' : 'IERC3009'),
      timelock: of('TimelockController'),
      parameters: of('Parameters'),
      beacon: of(isThrowaway ? 'BlockBeacon' : 'DrandBeacon'),
      termsRegistry: of('TermsRegistry'),
      modelRegistry: of('ModelRegistry'),
      licenseRegistry: of('LicenseRegistry'),
      vaultImplementation: of('RevenueVault'),
      verifierRegistry: of('VerifierRegistry'),
      inspectionPools: of('InspectionPools'),
      titleBonds: of('TitleBonds'),
      claimCourt: of('ClaimCourt'),
      names: of('Names'),
      committees: of('Committees'),
      blames: of('Blames'),
      leakCourt: of('LeakCourt'),
      arbitrator: of(isThrowaway ? 'DevArbitrator' : 'IArbitrator'),
      ...channelAddresses,
    },
  });
}
