import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../stack/layout.ts';
import { isNewEnough, lockedNode, oldestNode } from './own-node.mjs';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const oldest = oldestNode(root);

describe('the Node.js that programs run on', () => {
  it.each([
    ['24.2.0', true],
    ['24.10.1', true],
    ['25.0.0', true],
    ['24.1.9', false],
    ['22.18.0', false],
    ['20.20.2', false],
  ])('%s is new enough: %s', (version, is) => expect(isNewEnough(version, '24.2.0')).toBe(is));

  it('has import.meta.main, which tells a program that it was started itself', () => {
    // New in Node.js 24.2: an older one would end with 0 and do nothing.
    expect(isNewEnough(oldest, '24.2.0')).toBe(true);
  });

  it('is in the lock file with its integrity, where npm has it', () => {
    const own = lockedNode(root);
    if (!own) return expect(`${process.platform}-${process.arch}`).not.toBe('linux-x64');
    expect(own.locked.integrity).toMatch(/^sha512-/);
    expect(isNewEnough(own.locked.version!, oldest)).toBe(true);
  });

  it('is written in one place', () => {
    const workspaces = ['apps', 'packages'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => join(folder, name)),
    );
    const manifests = [...workspaces, 'contracts', 'e2e'].map((folder) => join(folder, 'package.json'));
    const others = manifests.filter((path) => 'engines' in (JSON.parse(read(path)) as object));
    expect(others).toEqual([]);
  });

  it('is the same in all prose: 20 for the two commands, the oldest that programs run on for the rest', () => {
    const allowed = ['20', oldest.replace(/\.0$/, '')];
    const wrong = prose().flatMap((path) =>
      [...read(path).matchAll(/Node(?:\.js)? (\d+(?:\.\d+)*)/g)]
        .filter(([, version]) => !allowed.includes(version!))
        .map(([words]) => `${path}: ${words}`),
    );
    expect(wrong).toEqual([]);
  });
});

function prose(): string[] {
  const below = ['docs/guides', 'docs/decisions', 'docs/specs', 'packages', 'contracts', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() && folder !== 'contracts'
        ? [join(folder, entry.name, 'README.md')]
        : [join(folder, entry.name)],
    ),
  );
  return ['README.md', 'CONTRIBUTING.md', ...below].filter((path) => {
    try {
      return path.endsWith('.md') && read(path) !== '';
    } catch {
      return false;
    }
  });
}
