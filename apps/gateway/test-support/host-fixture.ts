import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { createLogger } from '@oml/service/logger';
import { commitCodeBook, type CodeBook } from '@oml/service/test-support/code-book';
import { serve } from '@hono/node-server';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { keccak256, parseEventLogs, stringToHex, zeroHash, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { createGateway, type Gateway, type Habits } from '../src/gateway.ts';
import { gatewayOptions } from '../src/options.ts';
import { HOST, KEYS, OWNER, type TestChain } from './chain-fixture.ts';

export const MODELS = join(import.meta.dirname, '../../../models');
export const FLOOR_PRICE = 1_000n;

/** Gives dev dollars to somebody. */
export async function giveDollars(chain: TestChain, to: Address, amount = 1_000_000_000n): Promise<void> {
  const owner = chain.as(KEYS.OWNER);
  await owner.send({
    address: owner.deployment.contracts.token,
    abi: devDollarAbi,
    functionName: 'mint',
    args: [to, amount],
  });
}

interface NewModel {
  name: string;
  codeBook: CodeBook;
  uri?: string;
  leakBond?: bigint;
}

/** OWNER publishes a model on chain; its code book is a root that nobody opens in these tests. */
export async function publishModel(
  chain: TestChain,
  name: string,
  uri = 'http://127.0.0.1:1',
  leakBond = 0n,
): Promise<bigint> {
  const root = keccak256(stringToHex(name));
  const codeBook = { root, poseidonRoot: zeroHash, size: 64, commonSize: 32, bits: 4 };
  await commitCodeBook(chain.as(KEYS.OWNER), codeBook);
  return mintModel(chain, { name, codeBook, uri, leakBond });
}

/** OWNER mints a model whose code book is committed and drawn. */
export async function mintModel(
  chain: TestChain,
  { name, codeBook, uri = 'http://127.0.0.1:1', leakBond = 0n }: NewModel,
): Promise<bigint> {
  const { send, deployment } = chain.as(KEYS.OWNER);
  const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const digest = keccak256(stringToHex(`${name} weights`));
  const offers = [await registerTerms(chain, leakBond), 0, 0] as const;
  const params = {
    codeBook,
    owner: OWNER.address,
    agent: OWNER.address,
    weightsDigest: digest,
    controlPanelDigest: digest,
    offers,
    parents: [],
    resaleBps: 0,
    uri,
  };
  const minted = await send({ ...registry, functionName: 'mint', args: [params] });
  return parseEventLogs({ abi: modelRegistryAbi, eventName: 'ModelMinted', logs: minted.logs })[0]!.args.modelId;
}

async function registerTerms(chain: TestChain, leakBond: bigint): Promise<number> {
  const { send, publicClient, deployment, account } = chain.as(KEYS.OWNER);
  const child = { childPrice: 0n, childBond: 0n };
  const unused = { derivatives: false, approvalNeeded: false, royaltyBps: 0, period: 0, auditPeriod: 0, ...child };
  const terms = {
    kind: TERMS_KIND.SERVE,
    mode: 0,
    ...unused,
    ownerShareBps: 3_000,
    slashBps: 5_000,
    price: FLOOR_PRICE,
    bond: 20_000_000n,
    leakBond,
    uri: 'demo terms',
  };
  const register = {
    address: deployment.contracts.termsRegistry,
    abi: termsRegistryAbi,
    functionName: 'register',
    args: [terms],
  } as const;
  const { result } = await publicClient.simulateContract({ ...register, account: account! });
  await send(register);
  return result;
}

/** A host account: HOST and SIGNER with a good bond, unless said otherwise. */
export interface HostKeys {
  host: Hex;
  signer: Hex;
  /** Bound too, so that it may collect from channels. */
  gas?: Hex;
  bond: bigint;
}
const HONEST: HostKeys = { host: KEYS.HOST, signer: KEYS.SIGNER, gas: KEYS.GAS, bond: 100_000_000n };

/** The host posts its bond and binds its signer. */
export async function openAccount(chain: TestChain, { host, signer, gas, bond } = HONEST): Promise<void> {
  const { send, deployment, account } = chain.as(host);
  const { token, licenseRegistry } = deployment.contracts;
  await giveDollars(chain, account!.address);
  await send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [licenseRegistry, bond] });
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  await send({ ...registry, functionName: 'depositBond', args: [account!.address, bond] });
  for (const key of gas ? [signer, gas] : [signer]) await bindKey(chain, key, host);
}

/** Lets a key sign and collect for the host's account. */
export async function bindKey(chain: TestChain, key: Hex, host: Hex = KEYS.HOST): Promise<void> {
  const { send, deployment, account } = chain.as(host);
  const { licenseRegistry } = deployment.contracts;
  const signer = privateKeyToAccount(key);
  const binding = await signBinding(signer, account!.address, { chainId: deployment.chainId, licenseRegistry });
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  await send({ ...registry, functionName: 'bindSigner', args: [signer.address, binding] });
}

/** The host takes a license, OWNER delivers, the host takes it up. Its vault has no code yet. */
export async function takeLicense(
  chain: TestChain,
  modelId: bigint,
  host: Hex = KEYS.HOST,
): Promise<{ licenseId: bigint; vault: Address }> {
  const { send, deployment, publicClient } = chain.as(host);
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const salt = keccak256(stringToHex('host salt'));
  const termsId = await publicClient.readContract({
    address: deployment.contracts.modelRegistry,
    abi: modelRegistryAbi,
    functionName: 'offerOf',
    args: [modelId, TERMS_KIND.SERVE],
  });
  const params = {
    modelId,
    termsId,
    deposit: 0n,
    endpoint: 'http://127.0.0.1:4301',
    encryptionKey: salt,
    hostSalt: salt,
  };
  const accepted = await send({ ...registry, functionName: 'accept', args: [params] });
  const { licenseId, vault } = parseEventLogs({
    abi: licenseRegistryAbi,
    eventName: 'LicenseAccepted',
    logs: accepted.logs,
  })[0]!.args;
  await chain.as(KEYS.OWNER).send({ ...registry, functionName: 'deliver', args: [licenseId, 1, salt] });
  await send({ ...registry, functionName: 'activate', args: [licenseId] });
  return { licenseId, vault };
}

export interface Listed {
  model: string;
  kind: 'language' | 'classifier';
  licenseId: bigint;
  price: bigint;
  /** By what a call used, amounts as decimal text. */
  metered?: Record<string, string>;
  folder: string;
}

/** A data folder with the listings; the environment of a gateway on it. */
export function gatewayEnv(
  chain: TestChain,
  listings: Listed[],
  overrides: Record<string, string> = {},
): Record<string, string> {
  const dataDir = mkdtempSync(join(chain.scratch, 'gateway-'));
  mkdirSync(dataDir, { recursive: true });
  const json = listings.map(({ model, kind, licenseId, price, metered, folder }) => ({
    model,
    kind,
    licenseId: String(licenseId),
    price: String(price),
    metered,
    folder,
  }));
  writeFileSync(join(dataDir, 'licenses.json'), JSON.stringify(json));
  const keys = { SIGNER_KEY: KEYS.SIGNER, GAS_KEY: KEYS.GAS, HOST_ACCOUNT: HOST.address };
  return {
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    PORT: '0',
    DATA_DIR: dataDir,
    PUBLIC_URL: 'http://127.0.0.1:4301',
    ...keys,
    ...overrides,
  };
}

export interface RunningGateway extends Gateway {
  url: string;
}

/** A gateway in this process, on a port of its own; its loops run only if asked to. */
export async function startGateway(
  env: Record<string, string>,
  { loops = false, habits }: { loops?: boolean; habits?: Habits } = {},
): Promise<RunningGateway> {
  const logger = createLogger('gateway');
  logger.level = process.env['LOG_LEVEL'] ?? 'silent';
  const gateway = await createGateway(gatewayOptions.parse(env), logger, habits);
  const server = serve({ fetch: gateway.app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', () => resolve()));
  if (loops) for (const loop of gateway.loops) loop.start();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...gateway,
    url,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())).then(gateway.stop),
  };
}
