// Writes generated/abis.ts: one typed constant per contract, and every custom error in one array for decoding reverts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..');
const CONTRACTS = ['Parameters', 'ModelRegistry', 'LicenseRegistry', 'RevenueVault', 'VerifierRegistry', 'ClaimCourt', 'DevDollar'];

const abis = new Map(CONTRACTS.map((name) => [name, abiOf(name)]));
const errors = [...new Map([...abis.values()].flat().filter(({ type }) => type === 'error').map((item) => [JSON.stringify(item), item])).values()];
const lines = ['// Written by scripts/export-abis.mjs from the compiled contracts.'];
for (const [name, abi] of abis) lines.push(constant(`${name[0].toLowerCase()}${name.slice(1)}Abi`, abi));
lines.push(constant('omlErrorsAbi', errors));

mkdirSync(join(root, 'generated'), { recursive: true });
writeFileSync(join(root, 'generated/abis.ts'), `${lines.join('\n\n')}\n`);

function abiOf(name) {
  return require(join(root, `artifacts/src/${name}.sol/${name}.json`)).abi;
}

function constant(name, abi) {
  return `export const ${name} = [\n${abi.map((item) => `  ${JSON.stringify(item)},`).join('\n')}\n] as const;`;
}
