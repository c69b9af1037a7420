// Does what a Dockerfile says without a container engine: every stage in an empty folder of its own, which is the root
// of all that runs there. What `FROM node:…` brings – a Linux with Node and npm – is this machine's own, read-only.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { copiedBy, type Step } from './dockerfile.ts';

/** One stage as it stands, and how something is started in it. */
export interface Image {
  /** The folder that is its root. */
  root: string;
  workdir: string;
  env: Record<string, string>;
  /** By number, as this machine knows no `node`; undefined: root. */
  user: number | undefined;
  entrypoint: string[];
  command: string[];
}

export interface Building {
  steps: readonly Step[];
  /** The folder that is sent to the builder, and which of its files. */
  context: string;
  files: readonly string[];
  /** An empty folder. */
  scratch: string;
  /** Hears of each step, and in the end how long it took. */
  say(line: string): void;
}

/** The user `node` of Node's own images. */
const NODE_USER = 1_000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const CACHE = '/var/npm-cache';
/** What only building gets of this machine: how the registry is reached, and npm's cache, as a build cache would be. */
const BUILDERS = ['NODE_EXTRA_CA_CERTS', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'npm_config_registry'];

/** Does the steps in their order; the last stage. Throws where one fails, or says what is not known here. */
export async function buildImage({ steps, context, files, scratch, say }: Building): Promise<Image> {
  const stages = new Map<string, Image>();
  let image: Image | undefined;
  for (const step of steps) {
    const since = Date.now();
    if (step.instruction === 'FROM') {
      const [, , name = String(stages.size)] = step.words;
      image = newStage(join(scratch, name));
      stages.set(name, image);
    } else if (step.instruction === 'COPY' && step.flags['from']) copyFrom(stages, image!, step);
    else if (step.instruction === 'COPY') copyContext(image!, step, { context, files });
    else if (step.instruction === 'RUN') await runStep(image!, step.words[0]!);
    else configure(image!, step);
    say(`${step.instruction} ${step.words.join(' ')} (${((Date.now() - since) / 1_000).toFixed(1)} s)`);
  }
  return image!;
}

function newStage(root: string): Image {
  for (const folder of ['usr', 'etc', 'proc', 'dev', 'tmp', 'root', 'home/node', CACHE.slice(1)])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) spawnSync('ln', ['-s', `usr/${name}`, join(root, name)]);
  spawnSync('chmod', ['1777', join(root, 'tmp')]);
  spawnSync('chown', [String(NODE_USER), join(root, 'home/node')]);
  return { root, workdir: '/', env: { PATH, HOME: '/root' }, user: undefined, entrypoint: [], command: [] };
}

/** A path in the stage, as this machine sees it. */
const inside = ({ root, workdir }: Image, path: string): string => join(root, resolve(workdir, path));

function configure(image: Image, { instruction, words }: Step): void {
  const list = () => JSON.parse(words.join(' ')) as string[];
  if (instruction === 'WORKDIR') {
    image.workdir = resolve(image.workdir, words[0]!);
    mkdirSync(join(image.root, image.workdir), { recursive: true });
  } else if (instruction === 'ENV')
    for (const word of words) image.env[word.split('=')[0]!] = word.replace(/^\w+=/, '');
  else if (instruction === 'USER') Object.assign(image, { user: NODE_USER, env: { ...image.env, HOME: '/home/node' } });
  else if (instruction === 'VOLUME') for (const path of list()) mkdirSync(inside(image, path), { recursive: true });
  else if (instruction === 'ENTRYPOINT') image.entrypoint = list();
  else if (instruction === 'CMD') image.command = list();
  else if (instruction !== 'EXPOSE') throw new Error(`${instruction} is not known here`);
}

function copyContext(image: Image, step: Step, { context, files }: Pick<Building, 'context' | 'files'>): void {
  const to = inside(image, step.words.at(-1)!);
  for (const file of copiedBy(step, files)) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(context, file), join(to, file));
  }
}

function copyFrom(stages: ReadonlyMap<string, Image>, image: Image, { flags, words: [from, to] }: Step): void {
  const target = inside(image, to!);
  mkdirSync(target, { recursive: true });
  // A folder's contents, as they are; `cp` keeps links and is quick.
  run('cp', ['-a', `${join(stages.get(flags['from']!)!.root, from!)}/.`, target]);
  if (flags['chown'] && isRoot) run('chown', ['-R', `${NODE_USER}:${NODE_USER}`, target]);
}

function run(command: string, args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

async function runStep(image: Image, command: string): Promise<void> {
  const builders = Object.fromEntries(
    BUILDERS.flatMap((name) => (process.env[name] ? [[name, process.env[name]!]] : [])),
  );
  const cache = { npm_config_cache: CACHE, npm_config_prefer_offline: 'true' };
  const node = String(NODE_USER);
  // The name is known to the base image alone.
  const asNumbers = command.replaceAll('node:node', `${node}:${node}`);
  const child = start(image, ['sh', '-ec', asNumbers], { ...image.env, ...builders, ...cache });
  const said: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => said.push(String(text)));
  const status = await new Promise<number | null>((done) => child.once('close', done));
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}:\n${said.join('').slice(-4_000)}`);
}

/** Starts something in an image, as `docker run` does; no name means its command. Ended with it, all ends. */
export const runImage = (image: Image, args: readonly string[] = image.command): ChildProcess =>
  start(image, [...image.entrypoint, ...args], image.env);

/**
 * What becomes of the mounts is the namespace's own business: with its last process they are gone. The shell stays its
 * first one, as who it was: a process that becomes another user does not hear that `unshare` was killed.
 */
const ENTER = `
root=$1 node=$2 cache=$3 user=$4 workdir=$5; shift 5
mount --make-rprivate /
for part in usr etc; do
  mount --rbind "/$part" "$root/$part"
  mount -o remount,bind,ro "$root/$part" || true
done
mount --bind "$node" "$root/usr/local"
[ -z "$cache" ] || mount --bind "$cache" "$root${CACHE}"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
chroot $user "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$workdir" "$@"
exit $?
`;

const isRoot = process.getuid?.() === 0;
const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child', ...(isRoot ? [] : ['--user', '--map-root-user'])];

/** Whether this machine lets its users have roots of their own; many containers do not. */
export const mayUnshare = (): boolean => spawnSync('unshare', [...NAMESPACES, 'true']).status === 0;

function start({ root, workdir, user }: Image, args: readonly string[], env: Record<string, string>): ChildProcess {
  const cache = env['npm_config_cache'] ? npmCache() : '';
  // Where this is nobody's root, there is one user alone.
  const as = user !== undefined && isRoot ? `--userspec=${user}:${user}` : '';
  const node = dirname(dirname(process.execPath));
  const given = [root, node, cache, as, workdir, ...args];
  return spawn('unshare', [...NAMESPACES, 'sh', '-ec', ENTER, 'enter', ...given], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function npmCache(): string {
  const { stdout } = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' });
  const folder = stdout.trim();
  return existsSync(folder) ? folder : '';
}
