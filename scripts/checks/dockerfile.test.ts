import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contextOf, copiedBy, readDockerfile } from '../compose/dockerfile.ts';
import { root } from '../stack/layout.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const steps = readDockerfile(read('Dockerfile'));
const files = spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).stdout.trim().split('\n');
const context = contextOf(files, read('.dockerignore'));
const copies = steps.filter(({ instruction, flags }) => instruction === 'COPY' && !flags['from']);

// What its steps leave behind is read here; a container engine is what does them.
describe('Dockerfile', () => {
  it('has every manifest before it installs, so that the lock file fits', () => {
    const install = steps.findIndex(({ words }) => words[0]!.startsWith('npm ci'));
    const before = steps.slice(0, install).filter((step) => copies.includes(step));
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };
    const manifests = globSync(
      workspaces.map((folder) => `${folder}/package.json`),
      { cwd: root },
    );
    const copied = before.flatMap((step) => copiedBy(step, context));
    expect(manifests.length).toBeGreaterThan(10);
    for (const file of [...manifests, 'package.json', 'package-lock.json', '.npmrc']) expect(copied).toContain(file);
  });

  it('copies nothing that is not there, and no key, state or build of this machine', () => {
    for (const step of copies) expect(copiedBy(step, context), step.words.join(' ')).not.toEqual([]);
    const strange = ['.env', '.oml/key', 'node_modules/a.js', 'apps/web/.next/a', 'contracts/artifacts/a.json'];
    expect(contextOf([...strange, 'apps/gateway/src/main.ts'], read('.dockerignore'))).toEqual([
      'apps/gateway/src/main.ts',
    ]);
  });

  it('does not run as root, and has Node of the version that the project needs', () => {
    expect(steps.findLast(({ instruction }) => instruction === 'USER')?.words).toEqual(['node']);
    const needed = Number(
      /\d+/.exec((JSON.parse(read('package.json')) as { engines: { node: string } }).engines.node)![0],
    );
    for (const { words } of steps.filter(({ instruction }) => instruction === 'FROM'))
      expect(words[0]).toBe(`node:${needed}-bookworm-slim`);
  });
});
