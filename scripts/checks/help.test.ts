import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** Programs without a flag: services are set by their environment alone, and the example is there to be read. */
const FLAGLESS = /^(apps\/\w+:start|\.:example|contracts:build|apps\/web:build)$/;
/** Lists its own flags, not ours. */
const FORGE = 'contracts:forge';

interface Program {
  name: string;
  command: string;
  cwd: string;
  file: string;
}

/** What a launcher starts once it has installed what is needed, which a test leaves alone; or the program itself. */
function launched(file: string): string {
  const program = /^await runProgram\('(.+)'\);$/m.exec(readFileSync(file, 'utf8'))?.[1];
  return program ? join(root, program) : file;
}

/** Every npm script that is a program of ours, and no chain of commands. */
const programs: Program[] = ['package.json', ...globSync('{apps,packages}/*/package.json', { cwd: root })]
  .concat('contracts/package.json', 'e2e/package.json')
  .flatMap((manifest) => {
    const { scripts = {} } = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as {
      scripts?: Record<string, string>;
    };
    return Object.entries(scripts).flatMap(([name, command]) => {
      const named = /\bnode (\S+\.m?[jt]s)/.exec(command)?.[1];
      const file = named && launched(join(root, dirname(manifest), named));
      return file ? [{ name: `${dirname(manifest)}:${name}`, command, cwd: join(root, dirname(manifest)), file }] : [];
    });
  })
  .filter(({ name }) => !FLAGLESS.test(name));

function run({ cwd, file }: Program, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { cwd, timeout: 300_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}

describe('a program of an npm script', () => {
  it('is told from a chain of commands', () => {
    expect(programs.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['.:start', '.:test', '.:bench', 'contracts:rules', 'apps/publisher:publish-model']),
    );
  });

  it.each(programs)('$name says how it is called, and does nothing else', async (program) => {
    expect(program.command).toMatch(/^node \S+$/);
    const { code, stdout, stderr } = await run(program, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const script = program.name.split(':')[1]!;
    if (program.name !== FORGE) expect(stdout).toMatch(new RegExp(`^ *npm (run )?${script}\\b`, 'm'));
    expect(stdout).toContain('--help');
  });

  it('does not take a flag that it does not know, and says which there are', async () => {
    const unknown = programs.filter(({ name }) => name.startsWith('contracts:') && name !== FORGE);
    expect(unknown.length).toBeGreaterThan(8);
    for (const program of unknown) {
      const { code, stdout, stderr } = await run(program, '--no-such-flag');
      expect([program.name, code, stdout]).toEqual([program.name, 1, '']);
      expect(stderr).toContain('--no-such-flag');
      expect(stderr).toContain('--help');
    }
  });
});
