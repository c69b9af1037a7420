// Writes generated/abis.ts: one typed constant per contract, and every custom error in one array for decoding reverts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..');
const CONTRACTS = [
  'Parameters',
  'TermsRegistry',
  'ModelRegistry',
  'LicenseRegistry',
  'RevenueVault',
  'VerifierRegistry',
  'TitleBonds',
  'ClaimCourt',
  'DisguisedUses',
  'LeakCourt',
  'Names',
  'DevDollar',
  'arbitration/DevArbitrator',
  'channels/BatchSettlement',
  'channels/ERC3009DepositCollector',
];

const abis = new Map(CONTRACTS.map((path) => [basename(path), abiOf(path)]));
const errors = [...new Map([...abis.values()].flat().filter(({ type }) => type === 'error').map((item) => [JSON.stringify(item), item])).values()];
const lines = ['// Written by scripts/export-abis.mjs from the compiled contracts.'];
for (const [name, abi] of abis) lines.push(constant(`${name.replace(/^[A-Z]+(?=[A-Z0-9])|^[A-Z]/, (start) => start.toLowerCase())}Abi`, abi));
lines.push(constant('omlErrorsAbi', errors));

mkdirSync(join(root, 'generated'), { recursive: true });
writeFileSync(join(root, 'generated/abis.ts'), `${lines.join('\n\n')}\n`);

function abiOf(path) {
  return require(join(root, `artifacts/src/${path}.sol/${basename(path)}.json`)).abi;
}

function constant(name, abi) {
  return `export const ${name} = [\n${abi.map((item) => `  ${JSON.stringify(item)},`).join('\n')}\n] as const;`;
}
