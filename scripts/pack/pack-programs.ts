import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../stack/layout.ts';
import { buildFiles, type Built } from './built-files.ts';
import { manifestOf, packInto } from './tarball.ts';

const HELP = `Packs oml and the gateway for people who install them: JavaScript, with what they use of ours inside.

  npm run pack-programs -- [--out FOLDER] [--only oml|gateway]

  --out FOLDER  where the tarballs go (here)
  --only NAME   one of them
  --help        this text

Prints the paths of the tarballs: npm install FILE installs one.`;

const GATEWAY = {
  'oml-gateway': 'apps/gateway/src/main.ts',
  'oml-gateway-onboard': 'apps/gateway/src/onboard.ts',
  'oml-gateway-doctor': 'apps/gateway/src/doctor.ts',
  'oml-gateway-watchtower': 'apps/gateway/src/watchtower.ts',
  'oml-gateway-shortfall': 'apps/gateway/src/shortfall.ts',
  'oml-gateway-refund': 'apps/gateway/src/refund.ts',
  'oml-gateway-blame': 'apps/gateway/src/blame.ts',
};

interface Program {
  name: string;
  folder: string;
  description: string;
  /** Commands that the package installs, and the files that they run. */
  bin: Record<string, string>;
  /** What these start beside that. */
  starts: readonly string[];
  /** Shown first. */
  readme: string;
}

const PROGRAMS: Record<string, Program> = {
  oml: {
    name: '@oml/cli',
    folder: 'apps/cli',
    description: 'The oml command: model files, models and licenses on chain, serving models, and buying answers.',
    bin: { oml: 'apps/cli/src/main.ts' },
    // `oml host up` and `oml watchtower run` start the gateway's programs.
    starts: Object.values(GATEWAY),
    readme: 'docs/guides/commands.md',
  },
  gateway: {
    name: '@oml/gateway',
    folder: 'apps/gateway',
    description: 'The agent of a host: admits paid calls, runs or proxies inference, signs receipts, settles.',
    bin: GATEWAY,
    starts: [],
    readme: 'docs/guides/host.md',
  },
};

const { values } = parseArgs({
  options: { out: { type: 'string', default: '.' }, only: { type: 'string' }, help: { type: 'boolean' } },
});
if (values.help) console.log(HELP);
else if (values.only !== undefined && !PROGRAMS[values.only]) {
  console.error(`--only takes ${Object.keys(PROGRAMS).join(' or ')}, not "${values.only}". See --help.`);
  process.exitCode = 1;
} else
  for (const name of values.only ? [values.only] : Object.keys(PROGRAMS))
    console.log(pack(PROGRAMS[name]!, values.out));

/** The tarball of a program. Files keep their places in the repository, so that they find each other. */
function pack(program: Program, out: string): string {
  const staged = mkdtempSync(join(tmpdir(), 'oml-pack-'));
  try {
    const built = buildFiles([...Object.values(program.bin), ...program.starts]);
    for (const [file, text] of built.files) {
      const isCommand = Object.values(program.bin).includes(file.replace(/\.js$/, '.ts'));
      write(join(staged, file), isCommand ? `#!/usr/bin/env node\n${text}` : text);
    }
    // Who asks for the version of a program reads it there.
    for (const folder of ['apps/cli', 'apps/gateway']) {
      const { name, version } = manifestOf(folder);
      write(join(staged, folder, 'package.json'), JSON.stringify({ name, version, type: 'module' }));
    }
    write(join(staged, 'package.json'), `${JSON.stringify(packageOf(program, built), null, 2)}\n`);
    cpSync(join(root, program.readme), join(staged, 'README.md'));
    cpSync(join(root, 'LICENSE'), join(staged, 'LICENSE'));
    return packInto(out, staged);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

function packageOf({ name, folder, description, bin }: Program, { dependencies }: Built): object {
  const { version, license } = manifestOf(folder);
  return {
    name,
    version,
    license,
    description,
    type: 'module',
    engines: { node: '>=24.2' },
    bin: Object.fromEntries(Object.entries(bin).map(([command, file]) => [command, file.replace(/\.ts$/, '.js')])),
    dependencies: Object.fromEntries([...dependencies].toSorted()),
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
