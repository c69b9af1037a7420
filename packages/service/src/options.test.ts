import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { path } from './options.ts';

afterEach(() => void vi.unstubAllEnvs());

const read = (text: string): string => path.parse(text);

it('a relative path counts from where npm was called, and from here where nobody called npm', () => {
  vi.stubEnv('INIT_CWD', '/home/me/clone');
  expect([read('.oml/data'), read('../data'), read('/data')]).toEqual([
    '/home/me/clone/.oml/data',
    '/home/me/data',
    '/data',
  ]);
  vi.stubEnv('INIT_CWD', undefined);
  expect(read('.oml/data')).toBe(join(process.cwd(), '.oml/data'));
});

it('npm says where that is, whichever folder it runs the script of a workspace in', () => {
  const clone = realpathSync(mkdtempSync(join(tmpdir(), 'oml-clone-')));
  mkdirSync(join(clone, 'app'));
  const script = `node -e "console.log([process.env.INIT_CWD, process.cwd()].join())"`;
  writeFileSync(join(clone, 'package.json'), JSON.stringify({ name: 'clone', private: true, workspaces: ['app'] }));
  writeFileSync(
    join(clone, 'app/package.json'),
    JSON.stringify({ name: 'app', version: '1.0.0', scripts: { start: script } }),
  );
  const env = { PATH: process.env['PATH'], HOME: clone };
  const said = execFileSync('npm', ['run', '-s', 'start', '-w', 'app'], { cwd: clone, env, encoding: 'utf8' });
  expect(said.trim()).toBe([clone, join(clone, 'app')].join());
  rmSync(clone, { recursive: true });
});
