import type { DevChain } from '@oml/service/test-support/dev-chain';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address, Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { runCli } from '../src/cli.ts';

/** What a command ended with, and the JSON that it printed. */
export interface Told {
  code: number;
  value: Record<string, never>;
  err: string;
}

export const accountOf = (key: Hex): Address => privateKeyToAccount(key).address;

/** Runs `oml` on a chain as the holder of a key would; without a key as somebody who only looks. */
export function omlOn(chain: DevChain): (key: Hex | undefined, ...argv: string[]) => Promise<Told> {
  return async (key, ...argv) => {
    let [out, err] = ['', ''];
    const where = ['--rpc', chain.rpcUrl, '--deployment', chain.deploymentPath];
    const signing = key ? ['--key-file', await keyFile(key)] : [];
    const code = await runCli([...argv, ...where, ...signing, '--json'], {
      write: (text) => (out += text),
      tell: (text) => (err += text),
      isTerminal: false,
    });
    return { code, value: out ? JSON.parse(out) : {}, err };
  };

  async function keyFile(key: Hex): Promise<string> {
    const file = join(chain.scratch, `${accountOf(key)}.key`);
    await writeFile(file, `${key}\n`, { mode: 0o600 });
    return file;
  }
}
