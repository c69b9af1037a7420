import { readDeployment } from '@oml/contracts/deployment';
import { isOmlError, OmlError } from '@oml/protocol/error';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import { hide } from '@oml/service/hidden';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { isHex, type Address, type Hex } from 'viem';
import { decryptSecret, type Keystore } from '../host/keystore.ts';

export interface ChainOptions {
  rpc?: string;
  deployment?: string;
  keyFile?: string;
  passwordFile?: string;
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
  if (signs)
    command
      .option('--key-file <file>', 'the private key that signs, as hex or a keystore (default: $OML_KEY_FILE)')
      .option('--password-file <file>', 'what opens the keystore (default: $OML_PASSWORD_FILE)');
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

/** Connects to send. Throws what `openChain` and `readKey` do. */
export async function openSigner(options: ChainOptions): Promise<Signer> {
  const key = await readKey(needed(options.keyFile, 'OML_KEY_FILE', '--key-file FILE'), options.passwordFile);
  const chain = await openChain(options, key);
  return { chain, me: chain.account!.address };
}

/** A private key out of a file: hex, or a keystore that a password opens. Throws REQUEST_INVALID, UNAUTHORIZED. */
export async function readKey(path: string, passwordFile?: string): Promise<Hex> {
  const content = (await readFile(path, 'utf8')).trim();
  const key = content.startsWith('{') ? await openKeystore(path, content, passwordFile) : content;
  if (!isHex(key) || key.length !== 66)
    throw new OmlError(
      'REQUEST_INVALID',
      `${path} holds no private key: 0x and 64 hex digits are expected, or a keystore.`,
    );
  hide(key);
  return key;
}

async function openKeystore(path: string, content: string, passwordFile: string | undefined): Promise<Hex> {
  const file = needed(passwordFile, 'OML_PASSWORD_FILE', '--password-file FILE');
  const password = (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  try {
    return await decryptSecret(JSON.parse(content) as Keystore, password);
  } catch (cause) {
    const code = isOmlError(cause) ? cause.code : 'REQUEST_INVALID';
    const why = isOmlError(cause) ? cause.message : 'it is no keystore.';
    throw new OmlError(code, `${path} cannot be opened with ${file}: ${why}`, { cause });
  }
}

export function needed(given: string | undefined, variable: string, option: string): string {
  const value = given ?? process.env[variable];
  if (!value) throw new OmlError('ENV_MISSING', `Give ${option}, or set ${variable}.`);
  return value;
}
