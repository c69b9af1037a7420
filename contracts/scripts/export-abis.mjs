// Writes generated/abis.ts: one typed constant per contract, and every custom error in one array for decoding reverts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..');
/** Each under the constant's name: its source below `artifacts/`. Several sources: contracts that share one address. */
const CONTRACTS = {
  parameters: ['src/Parameters'],
  timelockController: ['@openzeppelin/contracts/governance/TimelockController'],
  termsRegistry: ['src/TermsRegistry'],
  modelRegistry: ['src/ModelRegistry'],
  licenseRegistry: ['src/LicenseRegistry'],
  revenueVault: ['src/RevenueVault'],
  verifierRegistry: ['src/VerifierRegistry'],
  inspectionPools: ['src/InspectionPools'],
  titleBonds: ['src/TitleBonds'],
  claimCourt: ['src/ClaimCourt'],
  committees: ['src/Committees'],
  blames: ['src/Blames'],
  leakCourt: ['src/LeakCourt'],
  names: ['src/Names'],
  drandBeacon: ['src/beacon/DrandBeacon'],
  blockBeacon: ['src/beacon/BlockBeacon'],
  devArbitrator: ['src/arbitration/DevArbitrator'],
  batchSettlement: ['src/channels/BatchSettlement'],
  erc3009DepositCollector: ['src/channels/ERC3009DepositCollector'],
  devDollar: ['src/DevDollar'],
};

const abis = new Map(Object.entries(CONTRACTS).map(([name, sources]) => [name, unique(sources.flatMap(abiOf))]));
const errors = unique([...abis.values()].flat().filter(({ type }) => type === 'error'));
const lines = ['// Written by scripts/export-abis.mjs from the compiled contracts.'];
for (const [name, abi] of abis) lines.push(constant(`${name}Abi`, abi));
lines.push(constant('omlErrorsAbi', errors));

mkdirSync(join(root, 'generated'), { recursive: true });
writeFileSync(join(root, 'generated/abis.ts'), `${lines.join('\n\n')}\n`);

/** What can be called: nobody constructs through a typed ABI. */
function abiOf(source) {
  const { abi } = require(join(root, `artifacts/${source}.sol/${basename(source)}.json`));
  return abi.filter(({ type }) => type !== 'constructor' && type !== 'fallback');
}

function unique(items) {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function constant(name, abi) {
  return `export const ${name} = [\n${abi.map((item) => `  ${JSON.stringify(item)},`).join('\n')}\n] as const;`;
}
