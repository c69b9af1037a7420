import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsRoot, forgeFolder, mustForge } from '../forge/forge.ts';

/** Forge compiles anew where these differ between runs. */
export const TEST_SETTINGS = { FOUNDRY_OPTIMIZER: 'false' };

const COPIED = ['src', 'test', 'testing', 'foundry.toml'];

/**
 * A copy of the contracts in which forge has compiled everything once; mutants replace artifacts there, never sources.
 */
export interface Workplace {
  readonly folder: string;
  /** What the compiler was given: the tests in it create contracts from artifacts, by name. */
  readonly input: CompilerInput;
  /** Artifact file of `src/File.sol:Contract`. */
  readonly artifacts: ReadonlyMap<string, string>;
  /** Changes with any test or fixture. */
  readonly testsHash: string;
  /**
   * Written while artifacts are the compiler's own. Whoever changes one takes it away, so that a run cut short leaves
   * no mutant behind.
   */
  readonly stamp: { readonly file: string; readonly text: string };
}

export interface CompilerInput {
  readonly sources: Readonly<Record<string, { content: string }>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

interface FilesCache {
  readonly files: Readonly<
    Record<
      string,
      { artifacts: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, { path: string }>>>>>> }
    >
  >;
}

/**
 * Prepares the workplace of one shard, compiling (about half a minute) only if a source changed since or a run was cut
 * short.
 */
export async function prepareWorkplace(shard: string): Promise<Workplace> {
  const folder = join(forgeFolder, 'mutants', shard);
  const inputFile = join(folder, 'input.json');
  const stampFile = join(folder, 'stamp');
  const stamp = hashOf(COPIED);
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const name of COPIED) cpSync(join(contractsRoot, name), join(folder, name), { recursive: true });
    // As `forge test` compiles: after `forge build` it would compile anew.
    await mustForge(['test', '--list', '--force'], {
      root: folder,
      env: { OML_SOLC_INPUT: inputFile, ...TEST_SETTINGS },
    });
    writeFileSync(stampFile, stamp);
  }
  const input = JSON.parse(readFileSync(inputFile, 'utf8')) as CompilerInput;
  return {
    folder,
    input,
    artifacts: findArtifacts(folder),
    testsHash: hashOf(['test', 'testing']),
    stamp: { file: stampFile, text: stamp },
  };
}

function findArtifacts(folder: string): Map<string, string> {
  const cache = JSON.parse(readFileSync(join(folder, '.forge/cache/solidity-files-cache.json'), 'utf8')) as FilesCache;
  const found = new Map<string, string>();
  for (const [file, { artifacts }] of Object.entries(cache.files)) {
    for (const [contract, byVersion] of Object.entries(artifacts)) {
      const [byProfile] = Object.values(byVersion);
      const [entry] = Object.values(byProfile ?? {});
      if (entry) found.set(`${file}:${contract}`, join(folder, '.forge/out', entry.path));
    }
  }
  return found;
}

function hashOf(names: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of names) {
    const path = join(contractsRoot, name);
    const files = name.includes('.')
      ? [path]
      : readdirSync(path, { recursive: true, encoding: 'utf8' })
          .sort()
          .filter((file) => /\.(sol|json)$/.test(file))
          .map((file) => join(path, file));
    for (const file of files) hash.update(file.slice(contractsRoot.length)).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}
