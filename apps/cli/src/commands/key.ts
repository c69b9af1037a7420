import { OmlError } from '@oml/protocol/error';
import { hide } from '@oml/service/hidden';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { bytesToHex, getAddress, isHex, type Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { readKey } from '../chain/connect.ts';
import type { AddCommand } from '../command.ts';
import { encryptSecret, type Keystore } from '../host/keystore.ts';

const OWNER_ONLY = 0o600;

export const addKey: AddCommand = (key, run) => {
  key
    .command('make')
    .description('make the key of a new account, in a keystore that a password opens')
    .argument('<file>', 'where it is kept; never overwritten')
    .requiredOption('--password-file <file>', 'the password; made where there is none')
    .option('--from <file>', 'keep the key in this file of hex instead of a new one')
    .action(
      run(async ({ output }, file: string, { passwordFile, from }: { passwordFile: string; from?: string }) => {
        const secret = from === undefined ? bytesToHex(randomBytes(32)) : await readKey(from);
        hide(secret);
        const address = privateKeyToAddress(secret);
        const keystore = await encryptSecret(secret, await ensurePassword(passwordFile), address);
        await writeNew(file, `${JSON.stringify(keystore, null, 2)}\n`);
        output.result({ file, passwordFile, address }, () =>
          [
            `${address} lies encrypted in ${file}.`,
            'Copy it to one place and the password to another: who has both has what the account has.',
            `Sign with it: --key-file ${file} --password-file ${passwordFile}`,
          ].join('\n'),
        );
      }),
    );

  key
    .command('show')
    .description('say whose key a file holds; a keystore stays closed')
    .argument('<file>', 'a keystore, or a private key as hex')
    .action(
      run(async ({ output }, file: string) => {
        const address = await addressIn(file);
        output.result({ file, address }, () => address);
      }),
    );
};

async function addressIn(file: string): Promise<Hex> {
  const content = (await readFile(file, 'utf8')).trim();
  if (!content.startsWith('{')) return privateKeyToAddress(await readKey(file));
  const { address } = parsed(content) ?? {};
  const hex = `0x${String(address).replace(/^0x/, '')}`;
  if (isHex(hex) && hex.length === 42) return getAddress(hex);
  throw new OmlError('REQUEST_INVALID', `${file} does not say whose key it is: it is no keystore of an account.`);
}

function parsed(content: string): Partial<Keystore> | undefined {
  try {
    return JSON.parse(content) as Partial<Keystore>;
  } catch {
    return undefined;
  }
}

async function ensurePassword(file: string): Promise<string> {
  const known = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const password = known?.replace(/\r?\n$/, '') ?? randomBytes(32).toString('base64url');
  if (password === '') throw new OmlError('REQUEST_INVALID', `${file} is empty: it must hold the password.`);
  if (known === undefined) await writeNew(file, `${password}\n`);
  return password;
}

async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: OWNER_ONLY, flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new OmlError('CONFLICT', `${file} is there already, and is never overwritten.`, { cause });
  });
}
