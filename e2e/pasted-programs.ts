import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encryptSecret } from '../apps/cli/src/host/keystore.ts';
import { HostFolder, PAY_FOLDER } from '../apps/cli/src/host/folder.ts';
import { deploymentPath, root, urlOf } from '../scripts/stack/layout.ts';
import type { Actor } from '../scripts/stack/actors.ts';

const OML = [join(root, 'apps/cli/src/main.ts'), 'pay'];

/** A buyer's purse that serves OpenAI's API, and a folder in which pasted programs run. */
export interface PastedPrograms {
  /** Runs a program of the page as it stands there; what it printed. */
  run(language: string, text: string): Promise<string>;
  stop(): Promise<void>;
}

/** Programs of these languages run on this machine. */
export const runnable = ['TypeScript', ...(has('curl') ? ['curl'] : []), ...(has('python3') ? ['Python'] : [])];

function has(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Does what the page says: keys (the account is an actor's, whose dollars are counted), dollars, and `oml pay serve`. */
export async function servePasted({ key, address }: Actor): Promise<PastedPrograms> {
  // In the repository, so that programs find the packages that a person would install.
  mkdirSync(join(root, '.oml'), { recursive: true });
  const folder = mkdtempSync(join(root, '.oml/pasted-'));
  const dir = join(folder, 'purse');
  const purse = new HostFolder({ dir }, PAY_FOLDER);
  purse.make();
  const { password } = purse.ensurePassword();
  writeFileSync(join(dir, 'keys/buyer.json'), JSON.stringify(await encryptSecret(key, password, address)), {
    mode: 0o600,
  });
  const chain = ['--rpc', urlOf('chain'), '--deployment', deploymentPath, '--dir', dir];
  const oml = (...args: string[]) => promisify(execFile)(process.execPath, [...OML, ...args]);
  await oml('keys', '--dir', dir);
  await oml('fund', ...chain, '--amount', '5');
  const serving = spawn(process.execPath, [...OML, 'serve', '--json', '--port', '0', '--per-day', '0.50', ...chain], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { url, tokenFile } = await firstAnswer(serving);
  const env = { ...process.env, OPENAI_BASE_URL: url, OPENAI_API_KEY: readFileSync(tokenFile, 'utf8').trim() };
  return {
    async run(language, text) {
      const [program, name] = PROGRAMS[language]!;
      const file = join(folder, name);
      writeFileSync(file, text);
      return (await promisify(execFile)(program, [file], { env })).stdout;
    },
    async stop() {
      const ended = new Promise((resolve) => serving.once('exit', resolve));
      serving.kill('SIGTERM');
      await ended;
      // What is left in its channels comes back to the account.
      await oml('leave', ...chain);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const PROGRAMS: Record<string, readonly [program: string, file: string]> = {
  TypeScript: [process.execPath, 'ask.mts'],
  curl: ['sh', 'ask.sh'],
  Python: ['python3', 'ask.py'],
};

function firstAnswer(child: ChildProcess): Promise<{ url: string; tokenFile: string }> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`oml pay serve ended with ${code}: ${said}`)));
    child.stdout!.on('data', (piece) => {
      said += String(piece);
      try {
        resolve(JSON.parse(said) as { url: string; tokenFile: string });
      } catch {
        // It is still being written.
      }
    });
  });
}
