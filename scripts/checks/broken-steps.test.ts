import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { root } from '../stack/layout.ts';

// Logs and reports of these runs are nobody's state.
const scratch = mkdtempSync(join(tmpdir(), 'oml-broken-'));
process.env['OML_STATE'] = join(scratch, 'state');
vi.resetModules();
const { runCommand } = await import('../stack/command.ts');
const { vitestSuite } = await import('./vitest-suite.ts');
const { startPart, stopAll } = await import('../stack/processes.ts');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const node = (name: string, script: string) => runCommand({ name, command: process.execPath, args: ['-e', script] });

describe('a step that fails', () => {
  it('names the cause of a build task, and of no other task', async () => {
    const repository = repositoryOf({
      fine: 'echo building fine; echo a stray warning >&2',
      // All on one stream: between two of them no order is sure on a loaded machine.
      broken: 'echo building broken >&2; echo "Error: the column is missing" >&2; exit 3',
    });
    const turbo = ['run', 'build', `--cwd=${repository}`, '--no-update-notifier', '--output-logs=errors-only'];
    const build = runCommand({ name: 'build', command: join(root, 'node_modules/.bin/turbo'), args: turbo });
    const { message } = (await build.catch((error: Error) => error as Error)) as Error;
    expect(message).toMatch(/^build failed \(exit 3\):\n/);
    expect(message).toContain('@t/broken:build\nbuilding broken\nError: the column is missing');
    expect(message).not.toMatch(/stray warning|npm error|cache miss|Lifecycle/);
  });

  it('names a task whose program does not exist', async () => {
    const repository = repositoryOf({ broken: 'no-such-program --now' });
    const args = ['run', '-s', 'build', '-w', '@t/broken', '--prefix', repository];
    await expect(runCommand({ name: 'build', command: 'npm', args })).rejects.toThrow(/no-such-program.*not found/);
  });

  it('names a command that does not exist', async () => {
    const missing = runCommand({ name: 'migrate', command: 'no-such-program', args: [] });
    await expect(missing).rejects.toThrow('migrate failed (could not be started: spawn no-such-program ENOENT)');
  });

  it('has the last words of this run alone, and says which signal ended it', async () => {
    await expect(node('deploy', 'console.error("first cause"); process.exit(1)')).rejects.toThrow(/first cause/);
    const aborted = node('deploy', 'console.error("what(): second cause"); process.kill(process.pid, "SIGABRT")');
    await expect(aborted).rejects.toThrow('deploy failed (ended by SIGABRT):\nwhat(): second cause');
  });

  it('says which part of the stack crashed, and what it said', async () => {
    const args = ['-e', 'console.error("terminate called"); process.kill(process.pid, "SIGABRT")'];
    const death = await new Promise<Error>((resolve) =>
      startPart({ name: 'gateway', command: process.execPath, args }, resolve),
    );
    expect(death.message).toBe('gateway ended by itself (SIGABRT); its last words:\nterminate called');
    await stopAll();
  });
});

describe('a suite that fails', () => {
  const run = async (file: string) => {
    const said: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const tally = await vitestSuite('broken', [
      '--config',
      'scripts/checks/broken/vitest.config.ts',
      ...file.split(' '),
    ]).finally(() => write.mockRestore());
    return { tally, said: said.join('') };
  };

  it('goes on after a crash, names the file, and prints what the crashed process said', async () => {
    const { tally, said } = await run('crash fine');
    expect(tally).toMatchObject({ passed: 1, failed: 1 });
    expect(said).toContain('✗ the process of crash.broken.ts crashed (SIGABRT); the last it wrote:\nterminate called');
    expect(said).toContain('what():  no memory left');
  });

  it('prints the assertion that failed', async () => {
    const { tally, said } = await run('wrong fine');
    expect(tally).toMatchObject({ passed: 1, failed: 1 });
    expect(said).toMatch(/expects too much[\s\S]*expected 2 to be 3/);
  });

  it('counts as failed where the runner itself breaks', async () => {
    const { tally, said } = await run('--nonsense');
    expect(tally).toEqual({ passed: 0, failed: 1 });
    expect(said).toContain('--nonsense');
  });
});

/** A repository for turbo, with one package for each build command. */
function repositoryOf(builds: Record<string, string>): string {
  const folder = mkdtempSync(join(scratch, 'repository-'));
  const write = (path: string, content: object) => writeFileSync(join(folder, path), JSON.stringify(content));
  write('package.json', { name: 't', private: true, packageManager: 'npm@11.19.1', workspaces: ['packages/*'] });
  write('package-lock.json', { name: 't', lockfileVersion: 3, requires: true, packages: {} });
  write('turbo.json', { tasks: { build: {} } });
  for (const [name, build] of Object.entries(builds)) {
    mkdirSync(join(folder, 'packages', name), { recursive: true });
    write(join('packages', name, 'package.json'), { name: `@t/${name}`, version: '1.0.0', scripts: { build } });
  }
  return folder;
}
