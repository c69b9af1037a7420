import { createRequire } from 'node:module';
import hardhatToolboxViem from '@nomicfoundation/hardhat-toolbox-viem';
import { defineConfig } from 'hardhat/config';

// The compiler is the npm package `solc`: nothing is downloaded at build time.
const require = createRequire(import.meta.url);
const version = (require('solc/package.json') as { version: string }).version;
const path = require.resolve('solc/soljson.js');
// Deployed as it is (ignition/modules/system.ts).
const npmFilesToBuild = ['@openzeppelin/contracts/governance/TimelockController.sol'];
const settings = { optimizer: { enabled: true, runs: 200 }, evmVersion: 'prague' };

export default defineConfig({
  plugins: [hardhatToolboxViem],
  // Deployments run side by side: each brings a copy of the cache, so that none writes what another reads.
  paths: {
    cache: process.env.OML_HARDHAT_CACHE ?? 'cache',
    sources: 'src',
    tests: { nodejs: 'test', solidity: 'test' },
  },
  solidity: {
    npmFilesToBuild,
    profiles: {
      default: { compilers: [{ version, path, settings }] },
      production: { compilers: [{ version, path, settings }] },
    },
  },
  networks: {
    target: {
      type: 'http',
      chainType: 'l1',
      url: process.env.RPC_URL ?? 'http://127.0.0.1:8545',
      accounts: [deployerKey()],
    },
  },
  ignition: { requiredConfirmations: 1, blockPollingInterval: 200 },
  test: {
    solidity: {
      fsPermissions: { readFile: ['test/vectors.json'] },
      fuzz: { runs: 64 },
      invariant: { runs: 16, depth: 24 },
    },
  },
});

/** The first key of anvil and Hardhat nodes, unless OML_DEPLOYER_KEY says otherwise. */
function deployerKey(): string {
  return process.env.OML_DEPLOYER_KEY ?? '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
}
