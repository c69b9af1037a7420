import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { root } from '../stack/layout.ts';
import { manifestOf, packageName, type Manifest } from './tarball.ts';

/** Files of the repository as JavaScript, by their place in it, and which packages of others they use. */
export interface Built {
  files: Map<string, string>;
  /** Versions by name. */
  dependencies: Map<string, string>;
}

/** Statements as the formatter writes them; what is only said in a text is none. */
const IMPORTS = [
  /^(?:import|export)\b[^;'"]*?\bfrom '([^']+)'/gm,
  /^import '([^']+)'/gm,
  /\bimport\('([^']+)'\)/g,
  /\bnew URL\('(\.[^']+\.ts)', import\.meta\.url\)/g,
];
/** Programs that are started and not imported; which is told by `entries`. */
const STARTED = /(\bnew URL\([`'][^`']*?)\.ts([`'], import\.meta\.url\))/g;
/** Where our packages lie; apps are not imported. */
const ROOMS: Record<string, string> = { '@oml/contracts': 'contracts' };

/**
 * Takes types off files and off everything of ours that they import, as Node itself does (it does not so below
 * node_modules). Throws where something is used that no manifest names.
 */
export function buildFiles(entries: readonly string[]): Built {
  const files = new Map<string, string>();
  const dependencies = new Map<string, string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const source = readFileSync(join(root, file), 'utf8').replace(/^#!.*\n/, '');
    let text = stripTypeScriptTypes(source);
    for (const name of importsOf(text)) {
      if (name.startsWith('node:')) continue;
      const own = placeOf(name, file);
      if (own) {
        waiting.push(own);
        text = text.replaceAll(`'${name}'`, `'${relativeTo(dirname(file), asJs(own))}'`);
      } else dependencies.set(packageName(name), versionOf(packageName(name), file));
    }
    files.set(file, text.replace(STARTED, '$1.js$2'));
  }
  return { files: new Map([...files].map(([file, text]) => [asJs(file), text])), dependencies };
}

const asJs = (file: string): string => file.replace(/\.ts$/, '.js');

const importsOf = (text: string): Set<string> =>
  new Set(IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name!)));

/** Where a module of ours lies in the repository; undefined for everybody else's. */
function placeOf(name: string, from: string): string | undefined {
  if (name.startsWith('.')) return join(dirname(from), name);
  if (!name.startsWith('@oml/')) return undefined;
  const folder = ROOMS[packageName(name)] ?? join('packages', packageName(name).slice('@oml/'.length));
  const module = `.${name.slice(packageName(name).length)}`;
  return join(folder, exported(manifestOf(folder), module));
}

/** As Node resolves it: the very name first, then the longest pattern. Throws where nothing is exported so. */
function exported({ name, exports = {} }: Manifest, module: string): string {
  if (exports[module]) return exports[module];
  const patterns = Object.keys(exports).filter((key) => key.endsWith('*') && module.startsWith(key.slice(0, -1)));
  const longest = patterns.toSorted((a, b) => b.length - a.length)[0];
  if (!longest) throw new Error(`${name} does not export ${module}.`);
  return exports[longest]!.replace('*', module.slice(longest.length - 1));
}

/** Of the workspace in which a file lies. */
function versionOf(name: string, file: string): string {
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
    if (!existsSync(join(root, folder, 'package.json'))) continue;
    const version = manifestOf(folder).dependencies?.[name];
    if (version) return version;
    break;
  }
  throw new Error(`${file} uses ${name}, and its package.json does not say which version.`);
}

function relativeTo(from: string, to: string): string {
  const path = relative(from, to);
  return path.startsWith('.') ? path : `./${path}`;
}
