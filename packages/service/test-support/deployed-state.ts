import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Hex, TestClient } from 'viem';

const ROOT = join(import.meta.dirname, '../../..');
const CACHE = join(ROOT, 'node_modules/.cache/oml-dev-chains');
/** Whatever a deployment depends on. */
const SOURCES = ['contracts/src/**/*.sol', 'contracts/ignition/**/*.ts', 'contracts/scripts/*.mjs'];
const MORE = ['contracts/hardhat.config.ts', 'package-lock.json'];

export type Parameters = Record<string, string | number>;
type Anvil = Pick<TestClient<'anvil'>, 'dumpState' | 'loadState'>;

/**
 * Puts the contracts on an empty chain: from what an earlier deployment of the same sources and parameters left, or by
 * `deploy`, which writes `deploymentPath`. A deployment costs some ten seconds of processor time, and dozens of test
 * files want one.
 */
export async function restoreOrDeploy(
  anvil: Anvil,
  deploymentPath: string,
  parameters: Parameters,
  deploy: () => void,
): Promise<void> {
  const kept = join(CACHE, keyOf(parameters));
  if (existsSync(kept)) {
    copyFileSync(join(kept, 'deployment.json'), deploymentPath);
    return anvil.loadState({ state: readFileSync(join(kept, 'state.hex'), 'utf8') as Hex });
  }
  deploy();
  keep(kept, deploymentPath, await anvil.dumpState());
}

/** In one step, so that nobody restores the half of a state; whoever comes second leaves what is there. */
function keep(folder: string, deploymentPath: string, state: Hex): void {
  mkdirSync(CACHE, { recursive: true });
  const scratch = mkdtempSync(join(CACHE, '.new-'));
  copyFileSync(deploymentPath, join(scratch, 'deployment.json'));
  writeFileSync(join(scratch, 'state.hex'), state);
  try {
    renameSync(scratch, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function keyOf(parameters: Parameters): string {
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(parameters).toSorted()));
  for (const file of [...globSync(SOURCES, { cwd: ROOT }).toSorted(), ...MORE])
    hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}
