import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contextOf, copiedBy, readDockerfile, stagesOf } from '../compose/dockerfile.ts';
import { root } from '../stack/layout.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const files = spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).stdout.trim().split('\n');
const context = contextOf(files, read('.dockerignore'));
const { workspaces, engines } = JSON.parse(read('package.json')) as { workspaces: string[]; engines: { node: string } };

// What its steps leave behind is read here; who does them is a container engine, and for the gateway's own
// `npm run dockerfile -w @oml/gateway`.
describe.each(['Dockerfile', 'apps/gateway/Dockerfile'])('%s', (file) => {
  const steps = readDockerfile(read(file));
  const copies = steps.filter(({ instruction, flags }) => instruction === 'COPY' && !flags['from']);

  it('has every manifest before it installs, so that the lock file fits', () => {
    const installing = stagesOf(steps).filter((stage) => stage.some(isInstall));
    const manifests = globSync(
      workspaces.map((folder) => `${folder}/package.json`),
      { cwd: root },
    );
    expect(manifests.length).toBeGreaterThan(10);
    expect(installing.length).toBeGreaterThan(0);
    for (const stage of installing) {
      const before = stage.slice(0, stage.findIndex(isInstall)).filter((step) => copies.includes(step));
      const copied = before.flatMap((step) => copiedBy(step, context));
      for (const needed of [...manifests, 'package.json', 'package-lock.json', '.npmrc'])
        expect(copied).toContain(needed);
    }
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
    const needed = Number(/\d+/.exec(engines.node)![0]);
    for (const { words } of steps.filter(({ instruction }) => instruction === 'FROM'))
      expect(words[0]).toBe(`node:${needed}-bookworm-slim`);
  });

  it('starts only programs that exist', () => {
    const [entry] = steps.filter(({ instruction }) => instruction === 'ENTRYPOINT');
    const words = JSON.parse(entry?.words.join(' ') ?? '[]') as string[];
    for (const program of words.filter((word) => word.endsWith('.ts')))
      expect(existsSync(join(root, program)), program).toBe(true);
  });
});

const isInstall = ({ words }: { words: string[] }): boolean => words[0]!.startsWith('npm ci');
