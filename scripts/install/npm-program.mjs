import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

/** Where npm's own JavaScript lies, so that any Node can run it. Throws where there is no npm. */
export function npmProgram() {
  const started = process.env['npm_execpath'];
  if (started && basename(started) === 'npm-cli.js') return started;
  // npm tells the commands that it runs where it lies itself, however it was put on the path.
  const { status, stdout } = spawnSync('npm', ['exec', '--offline', '--call', 'node -p process.env.npm_execpath'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0 && stdout.trim().endsWith('.js')) return stdout.trim();
  throw new Error('npm is missing: install Node.js 20 or newer with npm, then run this again.');
}
