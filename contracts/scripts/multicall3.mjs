// Multicall3 at the address that every chain has it at: x402 and wallets read through it. Dev chains start without.
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';

const MULTICALL3 = '0xcA11bde05977b3631167028862bE2a173976CA11';

/** Runs Multicall3's own creation code (viem carries it, unexported) and places what it returns by set-code. */
export async function placeMulticall3(client) {
  if (await client.getCode({ address: MULTICALL3 })) return;
  const viem = createRequire(import.meta.url).resolve('viem/package.json');
  const { multicall3Bytecode } = await import(pathToFileURL(join(dirname(viem), '_esm/constants/contracts.js')).href);
  const { data: code } = await client.call({ data: multicall3Bytecode });
  await client.request({ method: 'hardhat_setCode', params: [MULTICALL3, code] });
}
