// node scripts/checks/rough-clone.ts [-- program and arguments]: a fresh clone of HEAD, an empty cache of npm, and a
// registry that stalls twice and cuts a tarball once. Runs `npm start -- --help`, or what it is told, and says how long
// it took.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '../stack/layout.ts';
import { startRoughRegistry } from './rough-registry.ts';

const [command = 'npm', ...args] =
  process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['npm', 'start', '--', '--help'];
const clone = mkdtempSync(join(tmpdir(), 'oml-rough-'));
// What an earlier run of npm put on the path must not help the clone.
const PATH = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((part) => !part.includes('node_modules'))
  .join(delimiter);
const upstream = spawnSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' }).stdout.trim();
const registry = await startRoughRegistry(upstream, ['silence', 'half', 'cut']);
spawnSync('git', ['clone', '-q', root, join(clone, 'oml')], { stdio: 'inherit' });
const since = Date.now();
const env = { ...process.env, PATH, npm_config_registry: registry.url, npm_config_cache: join(clone, 'cache') };
const child = spawn(command, args, { cwd: join(clone, 'oml'), env, stdio: 'inherit' });
const code = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
for (const { fault, path } of registry.happened) console.log(`the registry did: ${fault} of ${path}`);
console.log(`${[command, ...args].join(' ')} ended with ${code} after ${Math.round((Date.now() - since) / 1000)} s`);
await registry.close();
rmSync(clone, { recursive: true, force: true });
process.exit(code);
