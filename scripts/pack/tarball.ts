import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../stack/layout.ts';

export interface Manifest {
  name: string;
  version: string;
  license: string;
  exports?: Record<string, string>;
  dependencies?: Record<string, string>;
}

/** The package.json of a workspace, by its folder in the repository. */
export const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/** `@scope/name` of `@scope/name/some/module`. */
export const packageName = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** Packs a folder that is staged as a package; returns the path of the tarball. */
export function packInto(out: string, staged: string): string {
  const folder = resolve(out);
  mkdirSync(folder, { recursive: true });
  const packed = execFileSync('npm', ['pack', staged, '--pack-destination', folder, '--json'], { encoding: 'utf8' });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  return join(folder, filename);
}
