import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** The contracts workspace, and the folder there that git ignores and the second runner writes to. */
export const contractsRoot = join(import.meta.dirname, '../..');
export const forgeFolder = join(contractsRoot, '.forge');

const require = createRequire(import.meta.url);

export interface ForgeRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ForgeOptions {
  /** Folder of the `foundry.toml` to obey. */
  readonly root?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Show what forge prints while it runs, beside returning it. */
  readonly echo?: boolean;
  /** Ends forge after that many milliseconds; `status` is then null. */
  readonly timeoutMs?: number;
}

/**
 * Runs forge with the compiler and the OpenZeppelin contracts of this repository. Its exit status is a value, not an
 * exception.
 */
export function runForge(
  args: readonly string[],
  { root = contractsRoot, env = {}, echo = false, timeoutMs }: ForgeOptions = {},
): Promise<ForgeRun> {
  const program = findForge();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...forgeEnv(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(timeoutMs && { timeout: timeoutMs }),
      killSignal: 'SIGKILL',
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (echo) process[name].write(text);
      });
    }
    child.on('error', reject).on('close', (status) => resolve({ status, ...output }));
  });
}

/** Like `runForge`, but throws with forge's own words unless it succeeds. */
export async function mustForge(args: readonly string[], options?: ForgeOptions): Promise<string> {
  const { status, stdout, stderr } = await runForge(args, options);
  if (status !== 0)
    throw new Error(`forge ${args[0]} ended with ${status}.\n${lastLines(stdout, 60)}\n${lastLines(stderr, 60)}`);
  return stdout;
}

/** The program from npm, else one on the PATH. Throws where there is none, and says what does without. */
export function findForge(): string {
  const name = process.platform === 'win32' ? 'forge.exe' : 'forge';
  const fromNpm = join(packageFolder('@foundry-rs/forge-linux-amd64') ?? '', 'bin', name);
  if (existsSync(fromNpm)) return fromNpm;
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
  if (onPath) return onPath;
  throw new Error(
    `This command runs on forge, which npm carries for Linux on x64 alone, not for ${process.platform}-${process.arch}: ` +
      'install Foundry 1.7 (https://getfoundry.sh) and run it again. `npm test -w contracts` needs no forge.',
  );
}

function forgeEnv(): NodeJS.ProcessEnv {
  const openZeppelin = dirname(packageFolder('@openzeppelin/contracts') ?? '');
  return {
    ...process.env,
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`, // the wrapper runs on this Node
    FOUNDRY_SOLC: join(import.meta.dirname, 'solc.mjs'),
    FOUNDRY_REMAPPINGS: `@openzeppelin/=${openZeppelin}/`,
    FOUNDRY_DISABLE_NIGHTLY_WARNING: '1',
  };
}

function packageFolder(name: string): string | undefined {
  const folders = require.resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

function lastLines(text: string, count: number): string {
  return text.split('\n').slice(-count).join('\n');
}
