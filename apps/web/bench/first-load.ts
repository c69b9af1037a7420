import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';

interface ClientManifest {
  /** Scripts by the page or layout that needs them. */
  entryJSFiles: Record<string, string[]>;
}

/** Bytes of the scripts, each in gzip, that the browser loads with a page; `page` as Next names it, such as `/page`. */
export function firstLoadBytes(build: string, page: string): number {
  return [...new Set([...frameworkScripts(build), ...pageScripts(build, page)])]
    .map((file) => gzipSync(readFileSync(join(build, file))).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

function frameworkScripts(build: string): string[] {
  const manifest = JSON.parse(readFileSync(join(build, 'build-manifest.json'), 'utf8')) as { rootMainFiles: string[] };
  return manifest.rootMainFiles;
}

/** Next writes them as a script that fills in a global. */
function pageScripts(build: string, page: string): string[] {
  const source = readFileSync(join(build, `server/app${page}_client-reference-manifest.js`), 'utf8');
  const found: { __RSC_MANIFEST?: Record<string, ClientManifest> } = {};
  runInNewContext(source, { globalThis: found });
  const manifest = found.__RSC_MANIFEST?.[page];
  if (!manifest) throw new Error(`The build says nothing of ${page}.`);
  return Object.values(manifest.entryJSFiles).flat();
}
