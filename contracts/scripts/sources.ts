import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix, resolve } from 'node:path';
import { contractsRoot } from './forge/forge.ts';
import type { AstNode } from './mutate/ast.ts';

const require = createRequire(import.meta.url);

interface Output {
  readonly sources: Readonly<Record<string, { ast: AstNode }>>;
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, { storageLayout: unknown }>>>>;
}

/**
 * Has solc analyse every contract under `folders` and what they import, without generating code. Throws with its first
 * error.
 */
export function analyse(folders: readonly string[], outputSelection: unknown): Output {
  const sources = Object.fromEntries([...readSources(folders)].map(([file, content]) => [file, { content }]));
  const solc = require('solc') as { compile(input: string): string };
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({ language: 'Solidity', sources, settings: { evmVersion: 'prague', outputSelection } }),
    ),
  ) as Output & { errors?: { severity: string; formattedMessage: string }[] };
  const error = output.errors?.find(({ severity }) => severity === 'error');
  if (error) throw new Error(error.formattedMessage);
  return output;
}

/** Text by path: relative to the workspace, or as an import names it. */
function readSources(folders: readonly string[]): Map<string, string> {
  const sources = new Map<string, string>();
  const open = folders
    .flatMap((folder) =>
      readdirSync(join(contractsRoot, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        posix.join(folder, file.replaceAll('\\', '/')),
      ),
    )
    .filter((file) => file.endsWith('.sol'));
  for (let file = open.pop(); file; file = open.pop()) {
    if (sources.has(file)) continue;
    const content = readFileSync(file.startsWith('@') ? require.resolve(file) : resolve(contractsRoot, file), 'utf8');
    sources.set(file, content);
    for (const [, path] of content.matchAll(/^\s*import\s[^;]*?"([^"]+)"\s*;/gm))
      open.push(path!.startsWith('.') ? posix.join(posix.dirname(file), path!) : path!);
  }
  return sources;
}
