import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { isHex, type Address, type Hex } from 'viem';

export interface ChainOptions {
  rpc?: string;
  deployment?: string;
  keyFile?: string;
}

/** A chain with a key that pays for what is sent. */
export interface Signer {
  chain: Chain;
  me: Address;
}

/** Adds what says which chain is meant, and with `signs` whose key signs. */
export function withChain(command: Command, { signs }: { signs: boolean }): Command {
  command
    .option('--rpc <url>', 'RPC endpoint of the chain (default: $RPC_URL)')
    .option('--deployment <file>', 'addresses of the contracts (default: $OML_DEPLOYMENT)');
  if (signs) command.option('--key-file <file>', 'a file with the private key that signs (default: $OML_KEY_FILE)');
  return command;
}

/** Connects to read. Throws ENV_MISSING, DEPLOYMENT_MISSING, CHAIN_UNREACHABLE or CHAIN_MISMATCH. */
export async function openChain(options: ChainOptions, key?: Hex): Promise<Chain> {
  const rpcUrl = needed(options.rpc, 'RPC_URL', '--rpc URL');
  const deployment = readDeployment(needed(options.deployment, 'OML_DEPLOYMENT', '--deployment FILE'));
  const chain = connectChain({ rpcUrl, deployment, ...(key ? { key } : {}) });
  await checkChain(chain);
  return chain;
}

/** Connects to send. Throws what `openChain` does, and REQUEST_INVALID where the file holds no key. */
export async function openSigner(options: ChainOptions): Promise<Signer> {
  const path = needed(options.keyFile, 'OML_KEY_FILE', '--key-file FILE');
  const key = (await readFile(path, 'utf8')).trim();
  if (!isHex(key) || key.length !== 66)
    throw new OmlError('REQUEST_INVALID', `${path} holds no private key: 0x and 64 hex digits are expected.`);
  const chain = await openChain(options, key);
  return { chain, me: chain.account!.address };
}

function needed(given: string | undefined, variable: string, option: string): string {
  const value = given ?? process.env[variable];
  if (!value) throw new OmlError('ENV_MISSING', `Give ${option}, or set ${variable}.`);
  return value;
}
